import type { Slices } from '../../concurrency/slices.ts';
import { shuffled } from '../trust/shuffle.ts';

const FOLDS = 5;

/**
 * The area under the ROC curve of a linear classifier that separates two samples, out of fold: 0.5 if it cannot, 1 if it
 * always can. Ridge regression on ±1, with a penalty of the mean variance of a feature. Null when a sample has fewer than
 * FOLDS rows.
 * @see Lopez-Paz & Oquab, Revisiting Classifier Two-Sample Tests, ICLR 2017, https://arxiv.org/abs/1610.06545
 */
export function* domainAuc(
  first: readonly Float32Array[],
  second: readonly Float32Array[],
  seed: string,
): Slices<number | null> {
  if (Math.min(first.length, second.length) < FOLDS) return null;
  const rows = withConstant([...first, ...second]);
  const [n, d] = [rows.length, rows[0]?.length ?? 0];
  // Both samples have the same weight, whatever their sizes.
  const weights = rows.map((_, i) => n / (2 * (i < first.length ? first.length : second.length)));
  const sides = rows.map((_, i) => (i < first.length ? -1 : 1));
  // Stratified: each sample is dealt out to the folds on its own.
  const foldOf = new Uint8Array(n);
  for (const [from, size] of [
    [0, first.length],
    [first.length, second.length],
  ] as const)
    shuffled(size, `${seed} ${from}`).forEach((row, i) => {
      foldOf[from + row] = i % FOLDS;
    });

  const whole = { gram: new Float64Array(d * d), moment: new Float64Array(d) };
  const parts = Array.from({ length: FOLDS }, () => ({
    gram: new Float64Array(d * d),
    moment: new Float64Array(d),
  }));
  for (let i = 0; i < n; i++) {
    const part = parts[foldOf[i] as number] as Moments;
    addRow(part, rows[i] as Float64Array, weights[i] as number, sides[i] as number);
    if (i % 16 === 0) yield;
  }
  for (const part of parts) {
    whole.gram.forEach((each, at) => {
      whole.gram[at] = each + (part.gram[at] as number);
    });
    whole.moment.forEach((each, at) => {
      whole.moment[at] = each + (part.moment[at] as number);
    });
    yield;
  }
  let trace = 0;
  for (let i = 0; i < d - 1; i++) trace += whole.gram[i * d + i] as number;
  const penalty = trace / Math.max(1, d - 1) || 1;

  const scores = new Float64Array(n);
  for (let fold = 0; fold < FOLDS; fold++) {
    const part = parts[fold] as Moments;
    const gram = whole.gram.map((each, at) => each - (part.gram[at] as number));
    const moment = whole.moment.map((each, at) => each - (part.moment[at] as number));
    // The constant, which is the last number, is not penalised.
    for (let i = 0; i < d - 1; i++) gram[i * d + i] = (gram[i * d + i] as number) + penalty;
    gram[d * d - 1] = (gram[d * d - 1] as number) + 1e-9;
    yield;
    const coefficients = yield* solve(gram, moment);
    for (let i = 0; i < n; i++)
      if (foldOf[i] === fold) scores[i] = dot(rows[i] as Float64Array, coefficients);
  }
  yield;
  return areaUnderCurve(scores.subarray(0, first.length), scores.subarray(first.length));
}

interface Moments {
  /** Σ w x xᵀ, the lower triangle of [d, d] */
  readonly gram: Float64Array;
  /** Σ w x y [d] */
  readonly moment: Float64Array;
}

function addRow({ gram, moment }: Moments, x: Float64Array, weight: number, y: number): void {
  const d = x.length;
  for (let i = 0; i < d; i++) {
    const value = weight * (x[i] as number);
    if (value === 0) continue;
    moment[i] = (moment[i] as number) + value * y;
    const row = i * d;
    for (let j = 0; j <= i; j++) gram[row + j] = (gram[row + j] as number) + value * (x[j] as number);
  }
}

/** Rows around their mean, each with a 1 behind. */
function withConstant(rows: readonly Float32Array[]): readonly Float64Array[] {
  const d = rows[0]?.length ?? 0;
  const mean = new Float64Array(d);
  for (const row of rows) for (let i = 0; i < d; i++) mean[i] = (mean[i] as number) + (row[i] as number);
  return rows.map((row) => {
    const out = new Float64Array(d + 1);
    for (let i = 0; i < d; i++) out[i] = (row[i] as number) - (mean[i] as number) / rows.length;
    out[d] = 1;
    return out;
  });
}

/** Solves A x = b by Cholesky, A = L Lᵀ. Reads the lower triangle of A [d, d], and overwrites it. */
function* solve(a: Float64Array, b: Float64Array): Slices<Float64Array> {
  const d = b.length;
  for (let i = 0; i < d; i++) {
    const row = i * d;
    for (let j = 0; j <= i; j++) {
      const other = j * d;
      let value = a[row + j] as number;
      for (let k = 0; k < j; k++) value -= (a[row + k] as number) * (a[other + k] as number);
      a[row + j] = i === j ? Math.sqrt(Math.max(value, 1e-12)) : value / (a[other + j] as number);
    }
    if (i % 16 === 0) yield;
  }
  const x = b.slice();
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - (a[i * d + k] as number) * (x[k] as number);
    x[i] = (x[i] as number) / (a[i * d + i] as number);
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let k = i + 1; k < d; k++) x[i] = (x[i] as number) - (a[k * d + i] as number) * (x[k] as number);
    x[i] = (x[i] as number) / (a[i * d + i] as number);
  }
  return x;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  return sum;
}

/** The share of pairs in which the second sample has the higher score; equal scores count half. By ranks (Mann & Whitney). */
export function areaUnderCurve(first: Float64Array, second: Float64Array): number {
  const low = first.toSorted();
  let wins = 0;
  for (const score of second) wins += (below(low, score, false) + below(low, score, true)) / 2;
  return wins / (first.length * second.length);
}

/** How many of the ascending numbers are less than `value` (or equal, if `orEqual`). */
function below(ascending: Float64Array, value: number, orEqual: boolean): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const each = ascending[middle] as number;
    if (each < value || (orEqual && each === value)) from = middle + 1;
    else to = middle;
  }
  return from;
}
