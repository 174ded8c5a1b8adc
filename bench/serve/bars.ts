import type { Bar, Bound, Quantity, Sample } from './scenario.ts';

const of = (row: Sample | undefined, quantity: Quantity) => row?.[quantity] ?? Number.NaN;

/** One row's median to another's. */
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

/** What one row's median is above another's. */
export const excess = (
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

/** A row's median itself. */
export const level = (
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
