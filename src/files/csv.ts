import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse';
import { readCell } from './csv-writer.ts';
import { delimiterOf } from './delimiter.ts';
import { refusal, tooLarge } from './refusal.ts';
import { type Table, type TableRow, tableOf } from './table.ts';
import { textOfTable } from './text.ts';

export interface TableLimits {
  readonly rows: number;
  readonly columns: number;
  /** Cells of the whole table. */
  readonly cells: number;
  /** Characters of one row. */
  readonly rowCharacters: number;
}

export const defaultTableLimits: TableLimits = Object.freeze({
  rows: 10_000,
  columns: 1_000,
  cells: 1_000_000,
  rowCharacters: 1024 * 1024,
});

/**
 * Reads CSV (RFC 4180) with a header. The delimiter is `,`, `;`, tab or `|`, whichever the file uses. A byte order mark and
 * empty lines are skipped. A cell that was escaped against formulas (see `csvOf`) is read back. All cells are text.
 * Between chunks other work gets its turn.
 *
 * @throws InnerloopError `invalid_input` that names the line, or `payload_too_large`
 */
export async function readCsv(bytes: Uint8Array, limits: TableLimits = defaultTableLimits): Promise<Table> {
  const delimiter = delimiterOf(textOfTable(bytes));
  requireColumns(bytes, delimiter, limits.columns);
  const read: TableRow[] = [];
  const take = (cells: string[], { lines }: { readonly lines: number }): null => {
    if (read.length > limits.rows) throw tooLarge(`${limits.rows} rows`, 'more');
    if (read.length * cells.length > limits.cells) throw tooLarge(`${limits.cells} cells`, 'more');
    read.push({ line: lines, cells: cells.map(readCell) });
    // The stream emits nothing: a stream of objects takes longer than the parsing.
    return null;
  };
  const parser = parse({
    bom: true,
    delimiter,
    trim: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: limits.rowCharacters,
    on_record: take,
  });
  try {
    await pipeline(chunksOf(bytes), parser.resume());
  } catch (cause) {
    throw cause instanceof CsvError ? explained(cause, limits.rowCharacters) : cause;
  }
  return tableOf(read);
}

/** The library keeps a whole record before it counts its cells. A row of a million commas must not get that far. */
function requireColumns(bytes: Uint8Array, delimiter: string, columns: number): void {
  const [split, quote, feed, ret] = [delimiter.charCodeAt(0), 34, 10, 13];
  let [count, quoted] = [1, false];
  for (const byte of bytes) {
    if (byte === quote) quoted = !quoted;
    else if (quoted) continue;
    else if (byte === feed || byte === ret) count = 1;
    else if (byte === split && ++count > columns) throw tooLarge(`${columns} columns`, 'more');
  }
}

/** One chunk is parsed in some 15 ms. */
const CHUNK_BYTES = 64 * 1024;

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    if (start > 0) await setImmediate();
    yield bytes.subarray(start, start + CHUNK_BYTES);
  }
}

/** The library's findings in our words. */
function explained(cause: CsvError, rowCharacters: number) {
  const where = `in line ${cause.lines}`;
  switch (cause.code) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH': {
      const [, expected, got] = /expect (\d+), got (\d+)/.exec(cause.message) ?? [];
      return refusal(`${expected} cells as in the header`, `${got}`, where, cause);
    }
    case 'CSV_QUOTE_NOT_CLOSED':
      return refusal('a closing quote', 'the end of the file', `for the quote ${where}`, cause);
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE':
      return refusal('a delimiter after a closing quote', 'other text', where, cause);
    case 'INVALID_OPENING_QUOTE':
      return refusal('quotes around a whole cell', 'a quote within one', where, cause);
    case 'CSV_MAX_RECORD_SIZE':
      return tooLarge(`${rowCharacters} characters in a row`, 'more', where);
    default:
      return refusal('CSV', cause.message, where, cause);
  }
}
