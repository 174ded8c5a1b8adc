import type { Facts } from './facts.ts';

/** One plain property of inputs, before and now. */
export interface Statistic {
  readonly name: string;
  /** The share of changes of this size, or larger, if nothing had changed. */
  readonly pValue: number;
  readonly isDrift: boolean;
  readonly reference: Summary;
  readonly window: Summary;
}

/** Amounts: the 5th, 50th and 95th percentile. Kinds: the share of each, the most frequent first. */
export type Summary =
  | { readonly low: number; readonly median: number; readonly high: number }
  | { readonly shares: Readonly<Record<string, number>> };

/** Fewer inputs are not tested. */
const MINIMUM = 20;
/** Number of kinds with a share of their own. The others count as one. */
const MAX_KINDS = 12;
const OTHERS = 'others';

/**
 * Each property that inputs of both samples have: amounts by the test of Kolmogorov and Smirnov, kinds by that of Pearson (χ²).
 * `level` is the chance that any of them is marked although nothing has changed (Bonferroni).
 */
export function statisticsOf(
  reference: readonly Facts[],
  window: readonly Facts[],
  level: number,
): readonly Statistic[] {
  const names = new Set([...reference, ...window].flatMap((facts) => Object.keys(facts)));
  const tested = [...names].flatMap((name) => {
    const [before, now] = [valuesOf(reference, name), valuesOf(window, name)];
    if (Math.min(before.length, now.length) < MINIMUM) return [];
    return { name, ...(isAmounts(before) && isAmounts(now) ? ofAmounts(before, now) : ofKinds(before, now)) };
  });
  return tested.map((each) => ({ ...each, isDrift: each.pValue <= level / tested.length }));
}

type Tested = Pick<Statistic, 'pValue' | 'reference' | 'window'>;

const valuesOf = (facts: readonly Facts[], name: string) =>
  facts.flatMap((each) => (each[name] === undefined ? [] : [each[name]]));
const isAmounts = (values: readonly (number | string)[]): values is readonly number[] =>
  values.every((value) => typeof value === 'number');

function ofAmounts(before: readonly number[], now: readonly number[]): Tested {
  const [x, y] = [Float64Array.from(before).sort(), Float64Array.from(now).sort()];
  return {
    pValue: kolmogorovSmirnov(x, y),
    reference: percentiles(x),
    window: percentiles(y),
  };
}

function percentiles(ascending: Float64Array) {
  const at = (share: number) => ascending[Math.round(share * (ascending.length - 1))] as number;
  return { low: at(0.05), median: at(0.5), high: at(0.95) };
}

/**
 * @see Press et al., Numerical Recipes, 3rd ed., §14.3.3, eq. 14.3.18. With equal amounts the result is too large rather than
 * too small
 */
function kolmogorovSmirnov(x: Float64Array, y: Float64Array): number {
  let [i, j, furthest] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i] as number, y[j] as number);
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    furthest = Math.max(furthest, Math.abs(i / x.length - j / y.length));
  }
  const root = Math.sqrt((x.length * y.length) / (x.length + y.length));
  const lambda = (root + 0.12 + 0.11 / root) * furthest;
  if (lambda < 0.3) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += 2 * (-1) ** (k - 1) * Math.exp(-2 * (k * lambda) ** 2);
  return Math.max(0, Math.min(1, sum));
}

function ofKinds(before: readonly (number | string)[], now: readonly (number | string)[]): Tested {
  const count = (values: readonly (number | string)[]) => {
    const counts = new Map<string, number>();
    for (const value of values) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    return counts;
  };
  const [x, y] = [count(before), count(now)];
  const total = (kind: string) => (x.get(kind) ?? 0) + (y.get(kind) ?? 0);
  const kinds = [...new Set([...x.keys(), ...y.keys()])].sort(
    (a, b) => total(b) - total(a) || (a < b ? -1 : 1),
  );
  // Pearson's test needs about five expected inputs of each kind.
  const least = (5 * (before.length + now.length)) / Math.min(before.length, now.length);
  const named = kinds.filter((kind, i) => i < MAX_KINDS && total(kind) >= least);
  const rest = (counts: ReadonlyMap<string, number>) =>
    kinds.filter((kind) => !named.includes(kind)).reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0);
  const table = (counts: ReadonlyMap<string, number>) => [
    ...named.map((kind) => counts.get(kind) ?? 0),
    rest(counts),
  ];
  const shares = (counts: ReadonlyMap<string, number>, n: number) => {
    const shown = table(counts).map((each, i): [string, number] => [named[i] ?? OTHERS, each / n]);
    return { shares: Object.fromEntries(shown.filter(([name, share]) => share > 0 || name !== OTHERS)) };
  };
  return {
    pValue: pearson(table(x), table(y)),
    reference: shares(x, before.length),
    window: shares(y, now.length),
  };
}

/** Whether two rows of counts have equal shares. */
function pearson(x: readonly number[], y: readonly number[]): number {
  const [m, n] = [x, y].map((row) => row.reduce((sum, each) => sum + each, 0)) as [number, number];
  let [square, kinds] = [0, 0];
  x.forEach((a, i) => {
    const b = y[i] ?? 0;
    if (a + b === 0) return;
    kinds += 1;
    square += (Math.sqrt(n / m) * a - Math.sqrt(m / n) * b) ** 2 / (a + b);
  });
  return kinds < 2 ? 1 : chiSquareAbove(square, kinds - 1);
}

/** P(χ² > square) with k degrees of freedom, by the cube root. @see Wilson & Hilferty, PNAS 17, 1931 */
function chiSquareAbove(square: number, k: number): number {
  if (k === 1) return 2 * normalAbove(Math.sqrt(square));
  const spread = 2 / (9 * k);
  return normalAbove((Math.cbrt(square / k) - (1 - spread)) / Math.sqrt(spread));
}

/** P(z > x) of a standard normal z, within 1.5e-7. @see Abramowitz & Stegun, 7.1.26 */
function normalAbove(x: number): number {
  const u = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * u);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp(-u * u)) / 2;
  return x >= 0 ? tail : 1 - tail;
}
