import { InnerloopError } from '../../errors.ts';

/** A cell of a table. A text can also contain a number, a date or a truth value, because CSV has only texts. */
export type Cell = string | number | boolean | null;

/** What a cell may be, for errors. */
export const CELL = 'a number, a text, true, false or null';

export function isCell(value: unknown): value is Cell {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

/** A row by column name, or by position. */
export type Row = Readonly<Record<string, Cell>> | readonly Cell[];

/** Names a column: by name, or by position from 0. */
export type ColumnName = string | number;

export const MAX_COLUMNS = 1_000;
/** In characters. */
export const MAX_COLUMN_NAME = 256;

/** The names of a row's columns: sorted, or all positions. */
export function columnNamesOf(row: Row): readonly ColumnName[] {
  return Array.isArray(row) ? row.map((_, i) => i) : Object.keys(row).sort();
}

export function cellOf(row: Row, name: ColumnName): Cell {
  return (row as Readonly<Record<ColumnName, Cell>>)[name] ?? null;
}

/** Requires exactly these columns. @throws InnerloopError `invalid_input` that names the column that is missing or too many */
export function requireColumns(row: Row, names: readonly ColumnName[]): void {
  const isByPosition = typeof names[0] === 'number';
  if (Array.isArray(row) !== isByPosition)
    throw wrong(
      '',
      isByPosition ? 'a row by position (an array)' : 'a row by column name (an object)',
      isByPosition ? 'an object' : 'an array',
    );
  if (Array.isArray(row)) {
    if (row.length !== names.length) throw wrong('', `${names.length} values`, `${row.length}`);
    return;
  }
  const missing = names.find((name) => !Object.hasOwn(row, name));
  if (missing !== undefined)
    throw wrong(
      '',
      `a column ${JSON.stringify(missing)}`,
      Object.keys(row).slice(0, 10).join(', ') || 'none',
    );
  const known = new Set<ColumnName>(names);
  const extra = Object.keys(row).find((name) => !known.has(name));
  if (extra !== undefined) throw wrong(pointerOf(extra), 'no further column', JSON.stringify(extra));
}

/** JSON pointer of a column within its row. */
export function pointerOf(name: ColumnName): string {
  return `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function wrong(pointer: string, expected: string, got: string): InnerloopError {
  return new InnerloopError('invalid_input', `Expected ${expected}, got ${got}`, { pointer, expected, got });
}
