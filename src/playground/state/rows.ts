import { cellOf, readCsv } from '../media/csv.ts';
import type { Input } from './labels.ts';
import type { OpenTable, Session } from './session.ts';

/** A row as the API takes it: its cells by the name of their column. */
export function rowInput(cells: Readonly<Record<string, string>>): Input {
  return rowOf(Object.fromEntries(Object.entries(cells).map(([name, text]) => [name, cellOf(text)])));
}

/** A row of values by the name of their column. */
export function rowOf(value: Readonly<Record<string, string | number | null>>): Input {
  const cells = Object.entries(value).map(([name, cell]) => [name, String(cell ?? '–')] as const);
  return { value, look: { kind: 'text', text: cells.map(([, cell]) => cell).join(' · '), cells } };
}

type Cells = readonly (readonly [name: string, cell: string])[];

/** Cells in the order of the table: the service stores them by name. */
export function inOrderOf({ table, columns }: Session, cells: Cells): Cells {
  const names = table.value === null ? columns.value : readCsv(table.value.text, 0).columns;
  return [...cells].sort(([a], [b]) => names.indexOf(a) - names.indexOf(b));
}

/** The cells of the first row without the column to predict; a column that is only known by name has an empty cell. */
export function firstRow(
  table: OpenTable | null,
  known: readonly string[],
): Readonly<Record<string, string>> {
  if (table === null) return Object.fromEntries(known.map((name) => [name, '']));
  const { columns, rows } = readCsv(table.text, 1);
  const cells = columns.map((name, i) => [name, rows[0]?.[i] ?? ''] as const);
  return Object.fromEntries(cells.filter(([name]) => name !== table.target));
}
