import type { Cell } from './row.ts';

/** Texts that stand for a missing value. */
const NOTHING: ReadonlySet<string> = new Set([
  '',
  'na',
  'n/a',
  '#n/a',
  'nan',
  'null',
  'none',
  'nil',
  '?',
  '-',
  '--',
]);

/** Whether a cell of a number or a date is missing. For a category, such a text is a value like others. */
export const isMissing = (cell: Cell): boolean =>
  cell === null || (typeof cell === 'string' && NOTHING.has(cell.trim().toLowerCase()));

/** A cell as a category. Spreadsheets write `TRUE` for what JSON calls `true`. */
export function categoryOf(cell: Cell): string {
  const text = cell === null ? '' : String(cell).trim();
  return /^(?:true|false)$/i.test(text) ? text.toLowerCase() : text;
}

/** The character before the decimals. The other one of `.` and `,` can divide thousands. */
export type DecimalMark = '.' | ',';

/** A currency before or after the number, or a percent sign. The unit of a column does not matter, so it is left out. */
const UNIT = /^\p{Sc}\s*|\s*[\p{Sc}%]$/gu;
const NUMBERS: Readonly<Record<DecimalMark, RegExp>> = {
  '.': /^[+-]?(?:(?:\d{1,3}(?:[, '’\u00a0]\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/,
  ',': /^[+-]?(?:(?:\d{1,3}(?:[. '’\u00a0]\d{3})+|\d+)(?:,\d*)?|,\d+)(?:[eE][+-]?\d+)?$/,
};

/** The number in a cell; null if there is none. */
export function numberOf(cell: Cell, mark: DecimalMark): number | null {
  if (typeof cell === 'number') return withinFloat32(cell);
  if (typeof cell === 'boolean') return Number(cell);
  if (cell === null || cell.length > MAX_NUMBER_LENGTH || !/\d/.test(cell)) return null;
  const text = strip(cell);
  // With a decimal comma, a number with a decimal point is read too, unless the point may separate groups: `1.234`.
  if (NUMBERS[mark].test(text)) return withinFloat32(Number(plainNumber(text, mark)));
  return mark === ',' && NUMBERS['.'].test(text) ? withinFloat32(Number(plainNumber(text, '.'))) : null;
}

function plainNumber(text: string, mark: DecimalMark): string {
  const ungrouped = text.replace(mark === '.' ? /[, '’\u00a0]/g : /[. '’\u00a0]/g, '');
  return ungrouped.replace(',', '.');
}

const MAX_NUMBER_LENGTH = 64;
const MAX_FLOAT32 = 3.4e38;
const withinFloat32 = (value: number): number | null => (Math.abs(value) <= MAX_FLOAT32 ? value : null);

/** Whether a text is a number with a decimal comma and cannot be anything else: `1,5`, but not `1,500`. */
export function hasDecimalComma(cell: Cell): boolean {
  if (typeof cell !== 'string' || !cell.includes(',') || cell.length > MAX_NUMBER_LENGTH) return false;
  const text = strip(cell);
  return NUMBERS[','].test(text) && !NUMBERS['.'].test(text);
}

const strip = (text: string) => text.trim().replace(UNIT, '');
