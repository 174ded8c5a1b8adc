import type { Bar, Bound, Quantity, Sample } from './scenario.ts';

const of = (row: Sample | undefined, quantity: Quantity) => row?.[quantity] ?? Number.NaN;

/** The median of one row divided by the median of another row. */
export const ratio = (
  claim: string,
  quantity: Quantity,
  [ours, theirs]: readonly [string, string],
  bound: Bound | null,
): Bar => ({
  claim,
  of: [ours, theirs],
  value: (a, b) => of(a, quantity) / of(b, quantity),
  bound,
  unit: '×',
});

/** The median of one row minus the median of another row. */
export const difference = (
  claim: string,
  quantity: Quantity,
  [over, base]: readonly [string, string],
  bound: Bound | null,
): Bar => ({
  claim,
  of: [over, base],
  value: (a, b) => of(a, quantity) - of(b, quantity),
  bound,
  unit: 'ms',
});

/** The median of one row. */
export const medianOf = (
  claim: string,
  quantity: Quantity,
  row: string,
  bound: Bound | null,
  unit = 'ms',
): Bar => ({
  claim,
  of: [row],
  value: (a) => of(a, quantity),
  bound,
  unit,
});
