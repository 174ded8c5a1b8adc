import { categoryOf, hasDecimalComma, isMissing, numberOf } from './cells.ts';
import type { Cell } from './row.ts';

/** The value of a row in the target column of a table: a label, and a number if it can be one. */
export interface Outcome {
  readonly label: string;
  readonly number: number | null;
}

export interface TargetColumn {
  readonly outcomes: readonly Outcome[];
  /** Whether the column holds amounts rather than classes. */
  readonly isAmount: boolean;
}

/** With at most this many different whole numbers, a column can hold the numbers of classes. */
const MAX_NUMBERED_CLASSES = 20;

/** Reads the target column of a table. Amounts are numbers of which some are fractions, or numbers of many values. */
export function readTarget(cells: readonly Cell[]): TargetColumn {
  const mark = cells.some(hasDecimalComma) ? ',' : '.';
  const outcomes = cells.map((cell) => ({
    label: categoryOf(cell),
    number: isMissing(cell) || typeof cell === 'boolean' ? null : numberOf(cell, mark),
  }));
  const numbers = outcomes.flatMap(({ number }) => number ?? []);
  const areNumbers = numbers.length === cells.length;
  const isFraction = numbers.some((each) => !Number.isInteger(each));
  return { outcomes, isAmount: areNumbers && (isFraction || new Set(numbers).size > MAX_NUMBERED_CLASSES) };
}
