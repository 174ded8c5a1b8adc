import type { Warning } from '../warning.ts';
import { categoryOf, hasDecimalComma, isMissing, numberOf } from './cells.ts';
import type { Column } from './columns.ts';
import { dateOrderOf, momentOf } from './dates.ts';
import { type Cell, type ColumnName, pointerOf } from './row.ts';

/** Least share of readable cells in a column of numbers or dates. */
const LEAST_READ = 0.9;
/** With fewer rows, values that are all different can still be categories. */
const MIN_ROWS_OF_IDENTIFIER = 10;
/** In characters. Each adaptation keeps the values of its categories, so a longer value makes a column free text. */
const MAX_VALUE_LENGTH = 256;
/** In characters, of a value that a warning shows. */
const MAX_SHOWN = 64;
/** Of a column that is left out. */
export const STILL_NEEDED = 'Later rows need the column, but its value may be null.';

export interface InferredColumn {
  readonly column: Column;
  readonly warnings: readonly Warning[];
}

/** Infers what a column holds from its cells in the support set. At most `maxValues` values of a category are kept. */
export function inferColumn(name: ColumnName, cells: readonly Cell[], maxValues: number): InferredColumn {
  const present = cells.filter((cell) => !isMissing(cell));
  const values = countsOf(cells.map(categoryOf));
  const warn = (code: string, detail: string): Warning => ({
    code,
    pointer: pointerOf(name),
    detail: `Column ${JSON.stringify(name)} ${detail}`,
  });
  const ignored = (reason: 'constant' | 'identifier', why: string): InferredColumn => ({
    column: { name, kind: 'ignored', reason },
    warnings: [warn(`column_${reason}`, `${why} and is left out. ${STILL_NEEDED}`)],
  });
  if (values.size === 1) return ignored('constant', 'has the same value in every row');
  const read = numbersIn(name, present, cells.length) ?? datesIn(name, present, cells.length);
  if (read) {
    const { column, unread } = read;
    if (isRowNumber(name, present)) return ignored('identifier', 'holds the numbers of the rows');
    const detail = `holds ${unread.length} of ${cells.length} values that are not a ${column.kind}, such as ${shown(unread[0])}; they count as missing.`;
    return { column, warnings: unread.length === 0 ? [] : [warn('values_unreadable', detail)] };
  }
  const areMostlyDistinct = values.size > Math.max(MIN_ROWS_OF_IDENTIFIER, cells.length / 2);
  const hasLong = [...values.keys()].some((value) => value.length > MAX_VALUE_LENGTH);
  if (hasLong || (areMostlyDistinct && isProse(present)))
    return {
      column: { name, kind: 'text' },
      warnings: [warn('column_text', 'is free text; only its words count.')],
    };
  if (values.size === cells.length && cells.length >= MIN_ROWS_OF_IDENTIFIER)
    return ignored('identifier', 'has a different text in every row');
  const kept = [...values].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, maxValues);
  const lost = values.size - kept.length;
  const detail = `has ${values.size} different values; the ${lost} rarest are read as unknown.`;
  return {
    column: { name, kind: 'category', values: kept.map(([value]) => value).sort() },
    warnings: lost === 0 ? [] : [warn('categories_cut', detail)],
  };
}

interface ReadColumn {
  readonly column: Column;
  readonly unread: readonly Cell[];
}

function numbersIn(name: ColumnName, present: readonly Cell[], rows: number): ReadColumn | null {
  if (present.every((cell) => typeof cell === 'boolean')) return null;
  const decimalMark = present.some(hasDecimalComma) ? ',' : '.';
  const unread = present.filter((cell) => numberOf(cell, decimalMark) === null);
  const numbers = present.flatMap((cell) => numberOf(cell, decimalMark) ?? []);
  if (numbers.length === 0 || numbers.length < LEAST_READ * present.length) return null;
  const missing = numbers.length < rows;
  const mean = meanOf(numbers);
  const deviation = Math.sqrt(meanOf(numbers.map((each) => (each - mean) ** 2))) || 1;
  return { column: { name, kind: 'number', decimalMark, mean, deviation, missing }, unread };
}

function datesIn(name: ColumnName, present: readonly Cell[], rows: number): ReadColumn | null {
  const order = dateOrderOf(present);
  const unread = present.filter((cell) => momentOf(cell, order) === null);
  const moments = present.flatMap((cell) => momentOf(cell, order) ?? []);
  if (moments.length === 0 || moments.length < LEAST_READ * present.length) return null;
  const [mean, missing] = [meanOf(moments.map(({ days }) => days)), moments.length < rows];
  const hours = moments.some(({ hour }) => hour !== null);
  return { column: { name, kind: 'date', order, mean, hours, missing }, unread };
}

/** In order of size, so that the order of the rows does not matter. */
function meanOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b).reduce((sum, each) => sum + each / numbers.length, 0);
}

/** Exports often begin with the number of the row. A model with this column would learn the order of the file. */
function isRowNumber(name: ColumnName, present: readonly Cell[]): boolean {
  if (!/^(?:column_1|unnamed: 0|id|index|row|rownames?|nr|no|#)$/i.test(String(name))) return false;
  const numbers = new Set(present.map(Number));
  const span = Math.max(...numbers) - Math.min(...numbers);
  return (
    numbers.size === present.length && [...numbers].every(Number.isInteger) && span < 10 * present.length
  );
}

function shown(cell: Cell | undefined): string {
  return JSON.stringify(typeof cell === 'string' ? cell.slice(0, MAX_SHOWN) : cell);
}

/** Several words in most cells. */
function isProse(cells: readonly Cell[]): boolean {
  const texts = cells.filter(
    (cell) => typeof cell === 'string' && /\p{L}{2,}\P{L}+\p{L}{2,}\P{L}+\p{L}{2,}/u.test(cell),
  );
  return texts.length > cells.length / 2;
}

function countsOf(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
