import type { Slices } from '../../../concurrency/slices.ts';
import type { Assessment } from '../assessment.ts';
import { rowOf } from '../assessment.ts';
import { type Neighbours, nearest } from './neighbours.ts';
import type { Baselines } from './report.ts';

/**
 * The accuracy of simple rules, or the root of their mean squared error, measured on the same folds. One exception: for labels,
 * `majority` is the share of the most frequent label among all examples.
 */
export function* baselinesOf(assessment: Assessment, neighbours: Neighbours): Slices<Baselines> {
  const { support, tested } = assessment;
  if (tested.length === 0) return { majority: null, nearestNeighbour: null };
  const pairs = yield* nearestPairs(assessment, neighbours);
  if (support.outcome.kind === 'targets') {
    const { targets } = support.outcome;
    const error = (guesses: readonly (readonly [row: number, guess: ArrayLike<number>])[]) =>
      rootMeanSquare(
        guesses.flatMap(([row, guess]) => [...rowOf(targets, row)].map((each, i) => each - (guess[i] ?? 0))),
      );
    const means = assessment.splits.flatMap(({ train, test }) => {
      const mean = meanOf(train.map((row) => rowOf(targets, row)));
      return test.map((row) => [row, mean] as const);
    });
    return {
      majority: error(means),
      nearestNeighbour:
        pairs.length === 0 ? null : error(pairs.map(([row, other]) => [row, rowOf(targets, other)] as const)),
    };
  }
  const { labels } = support.outcome;
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const right = pairs.filter(([row, other]) => labels[row] === labels[other]);
  return {
    majority: Math.max(...counts.values()) / labels.length,
    nearestNeighbour: pairs.length === 0 ? null : right.length / pairs.length,
  };
}

/** Each left-out row with the most similar row that its fold has learnt, as far as they are compared. */
function* nearestPairs(
  { splits }: Assessment,
  neighbours: Neighbours,
): Slices<readonly (readonly [row: number, other: number])[]> {
  const compared = new Set(neighbours.rows);
  const pairs: [row: number, other: number][] = [];
  for (const { train, test } of splits) {
    const learnt = train.filter((row) => compared.has(row));
    for (const row of test.filter((each) => compared.has(each))) {
      const other = nearest(neighbours, row, learnt);
      if (other) pairs.push([row, other.row]);
      yield;
    }
  }
  return pairs;
}

export function meanOf(rows: readonly Float32Array[]): Float64Array {
  const sum = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows)
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (row[i] as number);
  return sum.map((each) => each / rows.length);
}

export function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, each) => sum + each * each, 0) / values.length);
}
