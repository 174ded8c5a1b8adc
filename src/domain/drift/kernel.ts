import type { Slices } from '../../concurrency/slices.ts';

/** Similarities k(x, y) = exp(−‖x − y‖² / median) of n points, row-major [n, n]. */
export interface Kernel {
  readonly n: number;
  readonly values: Float32Array;
}

/** Rows between two yields: some 100 µs with 400 points of 128 numbers. */
const ROWS = 4;

/**
 * The RBF kernel of the rows. Its width is the median of the squared distances between different rows.
 * @see Gretton, Borgwardt, Rasch, Schölkopf & Smola, JMLR 13, 2012, §8: the median heuristic
 */
export function* rbfKernel(rows: readonly Float32Array[]): Slices<Kernel> {
  const n = rows.length;
  const values = new Float32Array(n * n);
  const distances = new Float32Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const distance = squaredDistance(rows[i] as Float32Array, rows[j] as Float32Array);
      values[i * n + j] = distance;
      distances[at++] = distance;
    }
    if (i % ROWS === 0) yield;
  }
  yield;
  // Equal inputs, such as repeated questions, do not count for the width.
  const apart = distances.filter((each) => each > 0);
  yield;
  const median = apart.length === 0 ? 1 : select(apart, Math.floor(apart.length / 2));
  yield;
  for (let i = 0; i < n; i++) {
    values[i * n + i] = 1;
    for (let j = 0; j < i; j++) {
      const similarity = Math.exp(-(values[i * n + j] as number) / median);
      values[i * n + j] = similarity;
      values[j * n + i] = similarity;
    }
    if (i % (4 * ROWS) === 0) yield;
  }
  return { n, values };
}

/**
 * The number with `rank` smaller ones, in linear time; sorting 80,000 distances would delay other requests. Changes the
 * order.
 * @see Hoare, Algorithm 65: FIND, CACM 4(7), 1961
 */
function select(values: Float32Array, rank: number): number {
  for (let [low, high] = [0, values.length - 1]; low < high; ) {
    const pivot = values[rank] as number;
    let [i, j] = [low, high];
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i > j) break;
      const each = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = each;
    }
    if (j < rank) low = i;
    if (rank < i) high = j;
  }
  return values[rank] as number;
}

function squaredDistance(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const difference = (x[i] as number) - (y[i] as number);
    sum += difference * difference;
  }
  return sum;
}
