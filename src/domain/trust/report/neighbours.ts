import type { Slices } from '../../../concurrency/slices.ts';
import { rowsAt, type Tensor } from '../../../tensor.ts';
import { comparableRows, distancesTo, type Metric, queryRow } from '../novelty/nearest.ts';
import { shuffled } from '../shuffle.ts';

/** Distances between some rows of x. */
export interface Neighbours {
  /** The rows that were compared, ascending: all of them, unless that would take too long. */
  readonly rows: readonly number[];
  /** Between two rows of `rows`. */
  distance(a: number, b: number): number;
}

/** Multiplications of one comparison of all rows, so that it takes some 10 ms. */
const MAX_WORK = 2e7;

/** Compares rows of x [N, …]. With too many rows, it takes those that `seed` chooses. */
export function* neighboursOf(x: Tensor, metric: Metric, seed: string): Slices<Neighbours> {
  const n = x.shape[0] ?? 0;
  const most = Math.floor(Math.sqrt(MAX_WORK / Math.max(1, x.data.length / Math.max(1, n))));
  const chosen = n <= most ? shuffled(n, '') : shuffled(n, seed).slice(0, most);
  const rows = chosen.toSorted((a, b) => a - b);
  const own = rowsAt(x, rows);
  const compared = comparableRows(own, metric);
  const distances: Float64Array[] = [];
  for (const i of rows.keys()) {
    distances.push(distancesTo(queryRow(own, i), compared, i));
    yield;
  }
  const places = new Map(rows.map((row, i) => [row, i]));
  return {
    rows,
    distance(a, b) {
      const [i, j] = [places.get(a) ?? 0, places.get(b) ?? 0];
      return Math.max(0, distances[Math.max(i, j)]?.[Math.min(i, j)] ?? 0);
    },
  };
}

/** The row among `among` that is closest to `row`; null without one. */
export function nearest(
  { distance }: Neighbours,
  row: number,
  among: Iterable<number>,
): { readonly row: number; readonly distance: number } | null {
  let best: { row: number; distance: number } | null = null;
  for (const other of among) {
    if (other === row) continue;
    const each = distance(row, other);
    if (!best || each < best.distance) best = { row: other, distance: each };
  }
  return best;
}
