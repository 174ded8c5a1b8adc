/** A spreadsheet runs a cell that begins like this as a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const ESCAPED = /^'[=+\-@\t\r]/;

/** A cell without the apostrophe that protects it from being run as a formula. */
export const readCell = (cell: string): string => (ESCAPED.test(cell) ? cell.slice(1) : cell);

/** A number is not a formula, even if it is negative. */
const NUMBER = /^[+-]?[\d.,]+(?:[eE][+-]?\d+)?$/;

/**
 * A table as CSV (RFC 4180, UTF-8). A text that a spreadsheet would run as a formula gets an apostrophe before it, which
 * `readCsv` takes away.
 */
export function csvOf(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(writtenCell).join(',')}\r\n`).join('');
}

function writtenCell(value: string | number): string {
  const text = String(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",;|\t\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
