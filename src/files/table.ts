import { refusal } from './refusal.ts';

/** A table as text. Every row has a cell for each column. */
export interface Table {
  /** The names in the header, each once. */
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  /** The line in which the row ends, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The table of these records; the first is the header. Columns without a name are called `column_<place>`, except at the
 * end if all their cells are empty: spreadsheets leave such columns behind.
 * @throws InnerloopError `invalid_input` without a header or rows, or if two columns have one name
 */
export function tableOf([header, ...rows]: readonly TableRow[]): Table {
  if (!header) throw refusal('a table with a header', 'an empty file');
  if (rows.length === 0)
    throw refusal('rows after the header', 'none (curl -d joins lines: use --data-binary)');
  const last = header.cells.findLastIndex(
    (name, i) => name !== '' || rows.some(({ cells }) => cells[i] !== ''),
  );
  const columns = header.cells.slice(0, last + 1).map((name, i) => (name === '' ? `column_${i + 1}` : name));
  const twice = columns.find((name, i) => columns.indexOf(name) < i);
  if (twice !== undefined)
    throw refusal(
      'each column name once',
      `${JSON.stringify(twice.slice(0, 64))} twice`,
      `in line ${header.line}`,
    );
  if (columns.length === header.cells.length) return { columns, rows };
  return { columns, rows: rows.map(({ line, cells }) => ({ line, cells: cells.slice(0, columns.length) })) };
}
