import type { DecimalMark } from './cells.ts';
import { DATE_FEATURES, type DateOrder, HOUR_FEATURES } from './dates.ts';
import type { ColumnName } from './row.ts';
import { WORD_FEATURES } from './word-features.ts';

/**
 * How a column of the support set becomes numbers. `missing`: the support set lacks some of its values, so one more number
 * says whether the value is there.
 */
export type Column =
  /**
   * The number in deviations from the mean of the support set, in double precision. `init` standardises all numbers again, in
   * single.
   */
  | {
      readonly name: ColumnName;
      readonly kind: 'number';
      readonly decimalMark: DecimalMark;
      readonly mean: number;
      readonly deviation: number;
      readonly missing: boolean;
    }
  /** 1 at the place of the value, 0 elsewhere; zeros alone for other values. */
  | { readonly name: ColumnName; readonly kind: 'category'; readonly values: readonly string[] }
  /** See `dateFeatures`. */
  | {
      readonly name: ColumnName;
      readonly kind: 'date';
      readonly order: DateOrder;
      readonly mean: number;
      readonly hours: boolean;
      readonly missing: boolean;
    }
  /** See `wordFeatures`. */
  | { readonly name: ColumnName; readonly kind: 'text' }
  /** It does not help to predict other rows. */
  | {
      readonly name: ColumnName;
      readonly kind: 'ignored';
      readonly reason: 'constant' | 'identifier' | 'text';
    };

/** How many numbers a column becomes. */
export function widthOf(column: Column): number {
  switch (column.kind) {
    case 'number':
      return 1 + Number(column.missing);
    case 'category':
      return column.values.length;
    case 'date':
      return DATE_FEATURES + (column.hours ? HOUR_FEATURES : 0) + Number(column.missing);
    case 'text':
      return WORD_FEATURES;
    case 'ignored':
      return 0;
  }
}

/** d: how many numbers a row becomes. */
export const featuresOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, column) => sum + widthOf(column), 0);
