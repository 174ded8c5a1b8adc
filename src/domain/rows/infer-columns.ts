import { InnerloopError } from '../../errors.ts';
import type { Warning } from '../warning.ts';
import { type Column, featuresOf } from './columns.ts';
import { type InferredColumn, inferColumn, STILL_NEEDED } from './infer-column.ts';
import {
  type ColumnName,
  cellOf,
  columnNamesOf,
  MAX_COLUMN_NAME,
  MAX_COLUMNS,
  type Row,
  requireColumns,
} from './row.ts';

export interface InferredColumns {
  readonly columns: readonly Column[];
  /** Warnings about columns that are left out, or read differently than their values suggest. Pointers are relative to a row. */
  readonly warnings: readonly Warning[];
}

/** Most values of one category. The others are read as unknown. */
const MAX_VALUES = 64;
/** The limit for the number of values of all categories. */
const MAX_ALL_VALUES = 1024;
/** Most columns of free text. Further ones are left out. */
const MAX_TEXTS = 8;
/** Most numbers that a row may become. */
const MAX_FEATURES = 4096;
/** Reading this many takes half a second. */
const MAX_CELLS = 200_000;

/**
 * Infers the columns of a table from the rows of a support set: which columns it has, what they hold, and how each becomes
 * numbers. The order of the rows does not matter.
 * @throws InnerloopError `invalid_support_set` at a row that has other columns than the first, or if no column differs
 *   between rows
 */
export function inferColumns(rows: readonly Row[]): InferredColumns {
  const names = columnNamesOf(rows[0] ?? []);
  if (names.length === 0 || names.length > MAX_COLUMNS)
    throw invalid(`rows of 1 to ${MAX_COLUMNS} columns`, `${names.length}`, { item: 0, pointer: '' });
  const long = names.find((name) => String(name).length > MAX_COLUMN_NAME);
  if (long !== undefined)
    throw invalid(
      `names of columns of at most ${MAX_COLUMN_NAME} characters`,
      `one of ${String(long).length}`,
      { item: 0, pointer: '' },
    );
  if (names.length * rows.length > MAX_CELLS)
    throw invalid(`at most ${MAX_CELLS} cells`, `${names.length * rows.length}`);
  for (const [item, row] of rows.entries()) requireSameColumns(row, names, item);
  const maxValues = Math.max(2, Math.min(MAX_VALUES, Math.floor(MAX_ALL_VALUES / names.length)));
  const found = names.map((name) =>
    inferColumn(
      name,
      rows.map((row) => cellOf(row, name)),
      maxValues,
    ),
  );
  const inferred = withFewTexts(found);
  const columns = inferred.map(({ column }) => column);
  if (featuresOf(columns) > MAX_FEATURES)
    throw invalid(`columns that become at most ${MAX_FEATURES} numbers`, `${featuresOf(columns)}`);
  if (featuresOf(columns) === 0)
    throw new InnerloopError(
      'unlearnable_support_set',
      'Expected a column whose values differ between rows, got none',
      {
        expected: 'a column whose values differ between rows',
        got: 'none',
      },
    );
  return { columns, warnings: inferred.flatMap(({ warnings }) => warnings) };
}

function withFewTexts(found: readonly InferredColumn[]): readonly InferredColumn[] {
  let texts = 0;
  return found.map((each) => {
    const { column, warnings } = each;
    if (column.kind !== 'text' || ++texts <= MAX_TEXTS) return each;
    const detail = `Column ${JSON.stringify(column.name)} is free text and is left out: at most ${MAX_TEXTS} such columns are read. ${STILL_NEEDED}`;
    return {
      column: { name: column.name, kind: 'ignored', reason: 'text' },
      warnings: warnings.map((warning) => ({ ...warning, detail })),
    };
  });
}

function requireSameColumns(row: Row, names: readonly ColumnName[], item: number): void {
  try {
    requireColumns(row, names);
  } catch (error) {
    if (!(error instanceof InnerloopError)) throw error;
    throw new InnerloopError('invalid_support_set', `${error.message}, unlike the first row`, {
      ...error.details,
      item,
    });
  }
}

function invalid(expected: string, got: string, place: { item?: number; pointer?: string } = {}) {
  return new InnerloopError('invalid_support_set', `Expected ${expected}, got ${got}`, {
    ...place,
    expected,
    got,
  });
}
