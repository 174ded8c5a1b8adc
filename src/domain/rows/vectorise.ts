import type { Warning } from '../warning.ts';
import { categoryOf, isMissing, numberOf } from './cells.ts';
import { type Column, widthOf } from './columns.ts';
import { dateFeatures, momentOf } from './dates.ts';
import { type Cell, cellOf, pointerOf, type Row, requireColumns } from './row.ts';
import { wordFeatures } from './word-features.ts';

export interface Vector {
  /** [d] */
  readonly features: Float32Array;
  readonly warnings: readonly Warning[];
}

/**
 * A row as numbers. A value that the support set did not prepare for is read as unknown or missing, with a warning.
 * @throws InnerloopError `invalid_input` if the row has other columns
 */
export function vectorise(row: Row, columns: readonly Column[]): Vector {
  requireColumns(
    row,
    columns.map(({ name }) => name),
  );
  const warnings: Warning[] = [];
  const numbers = columns.flatMap((column) => {
    const cell = cellOf(row, column.name);
    const { numbers, unexpected } = read(column, cell);
    if (unexpected) warnings.push(unknownIn(column, unexpected));
    return numbers;
  });
  return { features: Float32Array.from(numbers), warnings };
}

/**
 * Cells of a row that learning from it would read as missing, although they may not seem so. A new value of a category is learnt.
 * @throws InnerloopError `invalid_input` if the row has other columns
 */
export function warningsToLearn(row: Row, columns: readonly Column[]): readonly Warning[] {
  requireColumns(
    row,
    columns.map(({ name }) => name),
  );
  return columns.flatMap((column) => {
    if (column.kind !== 'number' && column.kind !== 'date') return [];
    const { unexpected } = read(column, cellOf(row, column.name));
    return unexpected ? [unknownIn(column, unexpected)] : [];
  });
}

function unknownIn({ name }: Column, unexpected: string): Warning {
  const detail = `Column ${JSON.stringify(name)}: ${unexpected}`;
  return { code: 'value_unknown', pointer: pointerOf(name), detail };
}

/** The learners reduce very large values anyway. Without a limit, a tiny deviation would make numbers that are not finite. */
const FARTHEST = 1e6;
const within = (value: number) => Math.max(-FARTHEST, Math.min(FARTHEST, value));

interface ReadCell {
  readonly numbers: readonly number[];
  /** A value that does not fit the columns of the support set. */
  readonly unexpected?: string | undefined;
}

function read(column: Column, cell: Cell): ReadCell {
  switch (column.kind) {
    case 'number': {
      const number = isMissing(cell) ? null : numberOf(cell, column.decimalMark);
      return withMissing(
        column,
        cell,
        number === null ? null : [within((number - column.mean) / column.deviation)],
        [0],
      );
    }
    case 'date': {
      const moment = isMissing(cell) ? null : momentOf(cell, column.order);
      const numbers = moment && dateFeatures(moment, column.mean, column.hours);
      const none = new Array<number>(widthOf({ ...column, missing: false })).fill(0);
      return withMissing(column, cell, numbers, none);
    }
    case 'category': {
      const value = categoryOf(cell);
      const isKnown = column.values.includes(value);
      return {
        numbers: column.values.map((each) => Number(each === value)),
        unexpected: isKnown ? undefined : `no example has the value ${shown(value)}.`,
      };
    }
    case 'text':
      return { numbers: wordFeatures(categoryOf(cell)) };
    case 'ignored':
      return { numbers: [] };
  }
}

/** A number or a date. If it is missing, the mean of the support set takes its place. */
function withMissing(
  { kind, missing }: Extract<Column, { readonly missing: boolean }>,
  cell: Cell,
  numbers: readonly number[] | null,
  none: readonly number[],
): ReadCell {
  const flag = missing ? [Number(numbers === null)] : [];
  if (numbers) return { numbers: [...numbers, ...flag] };
  const read = { numbers: [...none, ...flag] };
  if (!isMissing(cell))
    return { ...read, unexpected: `expected a ${kind}, got ${shown(cell)}; it counts as missing.` };
  return missing ? read : { ...read, unexpected: 'it is missing here, but in no example; the mean is used.' };
}

const shown = (cell: Cell) => {
  const text = JSON.stringify(cell);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};
