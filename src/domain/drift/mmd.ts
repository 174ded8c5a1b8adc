import type { Slices } from '../../concurrency/slices.ts';
import { uniformFrom } from '../trust/shuffle.ts';
import type { Kernel } from './kernel.ts';

/** Whether two samples come from one distribution. */
export interface MmdTest {
  /** The unbiased estimate of the squared maximum mean discrepancy. It can be below 0. */
  readonly distance: number;
  /** The share of random splits that are at least as far apart, from 1/(B + 1) to 1. */
  readonly pValue: number;
  /** The distance that a share `level` of random splits exceeds. */
  readonly threshold: number;
}

/** Random splits that a distance is compared with. */
export const PERMUTATIONS = 200;
/** A test of level 0.05 is wrong 1 time in 20, if nothing has changed. */
export const LEVEL = 0.05;

/**
 * The permutation test of the points of a kernel, the first `m` against the rest. If nothing has changed, all splits are equally
 * likely, so `pValue ≤ level` has at most the probability `level`.
 * @see Gretton, Borgwardt, Rasch, Schölkopf & Smola, A Kernel Two-Sample Test, JMLR 13, 2012, eq. 3 and §8.1; the p-value counts
 * the given split, too: Phipson & Smyth, 2010, https://arxiv.org/abs/1603.05766
 */
export function* mmdTest(kernel: Kernel, m: number, seed: string, level = LEVEL): Slices<MmdTest> {
  const { n, values } = kernel;
  const rowSums = Float64Array.from({ length: n }, (_, i) => sum(values.subarray(i * n, (i + 1) * n)) - 1);
  const total = sum(rowSums);
  // The distance is symmetric, so the smaller sample goes first.
  const s = Math.min(m, n - m);
  const order = Uint16Array.from({ length: n }, (_, i) => (s === m ? i : n - 1 - i));

  /** With the first s numbers of `order` as one sample. Only the sum within it is computed; the rest follows from sums of rows. */
  const distanceOf = (): number => {
    let [within, rows] = [0, 0];
    for (let i = 0; i < s; i++) {
      const row = (order[i] as number) * n;
      rows += rowSums[order[i] as number] as number;
      for (let j = 0; j < i; j++) within += values[row + (order[j] as number)] as number;
    }
    const xx = 2 * within;
    const xy = rows - xx;
    const yy = total - xx - 2 * xy;
    const k = n - s;
    return xx / (s * (s - 1)) + yy / (k * (k - 1)) - (2 * xy) / (s * k);
  };

  const distance = distanceOf();
  const uniform = uniformFrom(seed);
  const others = new Float64Array(PERMUTATIONS);
  for (let permutation = 0; permutation < PERMUTATIONS; permutation++) {
    // The first s of a Fisher–Yates shuffle.
    for (let i = 0; i < s; i++) {
      const j = i + Math.floor(uniform() * (n - i));
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    others[permutation] = distanceOf();
    if (permutation % 8 === 0) yield;
  }
  const further = others.filter((each) => each >= distance).length;
  others.sort();
  const rank = Math.ceil((1 - level) * (PERMUTATIONS + 1)) - 1;
  return {
    distance,
    pValue: (1 + further) / (1 + PERMUTATIONS),
    threshold: others[Math.min(rank, PERMUTATIONS - 1)] as number,
  };
}

function sum(values: Float32Array | Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
