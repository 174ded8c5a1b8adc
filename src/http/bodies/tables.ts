import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readTarget } from '../../domain/rows/outcome.ts';
import { CELL, type Cell, isCell } from '../../domain/rows/row.ts';
import { InnerloopError } from '../../errors.ts';
import { readCsv } from '../../files/csv.ts';
import { type JsonLine, readNdjson } from '../../files/ndjson.ts';
import type { Table } from '../../files/table.ts';
import { describe } from '../../service/inputs/invalid-input.ts';
import { BATCH_BODY, type Batch, type BodySchema, requireType } from './batch.ts';
import { bodyKinds } from './kinds.ts';

type Row = Readonly<Record<string, Cell>>;

/** A row with its place in the file. */
interface Line {
  readonly line: number;
  readonly row: Row;
}

/**
 * Accepts tables: CSV, and lines of JSON. Without `?target=column`, each line of JSON is an item of the JSON body, and the
 * schema of that body checks it. With it, each line is a row.
 */
export function acceptTables(app: FastifyInstance): void {
  const { csv, ndjson } = bodyKinds;
  app.addContentTypeParser(
    [...csv.types],
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      requireType(request, csv);
      return asBatch(request, linesOfTable(await readCsv(bytes)));
    },
  );
  app.addContentTypeParser(
    [...ndjson.types],
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      const schema = requireType(request, ndjson);
      const lines = readNdjson(bytes);
      const { target } = request.query as { readonly target?: unknown };
      if (target !== undefined) return asBatch(request, lines.map(rowOfLine));
      request.itemName = (item) => lineName(lines[item]);
      return { [itemsOf(schema)]: lines.map(({ value }) => value) };
    },
  );
}

function asBatch(request: FastifyRequest, lines: readonly Line[]) {
  request.itemName = (item) => lineName(lines[item]);
  request.batch = tableBatch(lines);
  return BATCH_BODY;
}

function itemsOf({ 'x-items': member }: BodySchema): string {
  if (member === undefined) throw new Error('Expected a body schema that names the member of its items');
  return member;
}

const lineName = (line: { readonly line: number } | undefined) => (line ? ` (line ${line.line})` : '');

function linesOfTable({ columns, rows }: Table): readonly Line[] {
  return rows.map(({ line, cells }) => ({
    line,
    // An empty cell has no value.
    row: Object.fromEntries(columns.map((name, i) => [name, cells[i] === '' ? null : (cells[i] ?? null)])),
  }));
}

function rowOfLine({ line, value }: JsonLine): Line {
  const isRow = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRow) throw wrongLine(line, 'an object with a member for each column', describe(value));
  const wrong = Object.entries(value).find(([, cell]) => !isCell(cell));
  if (wrong)
    throw wrongLine(line, `${CELL} for ${JSON.stringify(wrong[0].slice(0, 64))}`, describe(wrong[1]));
  return { line, row: value as Row };
}

function wrongLine(line: number, expected: string, got: string): InnerloopError {
  const message = `Expected ${expected} in line ${line}, got ${got}`;
  return new InnerloopError('invalid_input', message, { expected, got });
}

function tableBatch(lines: readonly Line[]): Batch {
  return {
    examples(target) {
      const column = targetColumn(lines, target);
      const { outcomes, isAmount } = readTarget(lines.map(({ row }) => row[column] ?? null));
      return lines.map(({ row: { [column]: _, ...row } }, i) => {
        const { label, number } = outcomes[i] ?? { label: '', number: null };
        return { input: { kind: 'row', row }, cell: { label, number, isAmount } };
      });
    },
    inputs: () => lines.map(({ row }) => ({ kind: 'row', row })),
    sourceOf: () => ({}),
  };
}

/** The column with the labels. @throws InnerloopError `invalid_request` */
function targetColumn([first]: readonly Line[], target: string | undefined): string {
  const columns = Object.keys(first?.row ?? {});
  if (target !== undefined && columns.includes(target)) return target;
  const expected = `the column of the labels or numbers in the query (?target=…), one of ${columns
    .slice(0, 20)
    .map((each) => each.slice(0, 64))
    .join(', ')}`;
  const got = target === undefined ? 'none' : JSON.stringify(target.slice(0, 64));
  throw new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, { expected, got });
}
