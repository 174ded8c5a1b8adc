import type { Slices } from '../../../concurrency/slices.ts';
import type { Example } from '../../example.ts';
import type { SupportSet } from '../../support-set.ts';
import { type Neighbours, nearest } from './neighbours.ts';
import type { Suspect } from './report.ts';

/** Closer than this share of the usual distance to the nearest other example, an example is a near duplicate. */
const NEAR = 0.13;

/**
 * Examples that repeat another one: the same content under two labels (or targets), and contents that are closer than usual in
 * this set.
 * @see cleanlab, near_duplicate issues: a threshold of 0.13 times the median distance to the nearest neighbour
 */
export function* duplicatesOf(
  { examples }: Pick<SupportSet, 'examples'>,
  neighbours: Neighbours,
): Slices<readonly Suspect[]> {
  return [...repetitions(examples), ...(yield* nearDuplicates(examples, neighbours))];
}

/** Each example whose content an earlier one has. */
function repetitions(examples: readonly Example[]): readonly Suspect[] {
  const first = new Map<string, Example>();
  return examples.flatMap((each, position) => {
    const earlier = first.get(each.content);
    if (!earlier) first.set(each.content, each);
    if (!earlier) return [];
    const issue = outcomeOf(earlier) === outcomeOf(each) ? 'near_duplicate' : 'two_labels_one_input';
    return [{ issue, example: each.id, position, score: 0, with: earlier.id }];
  });
}

/** Each example with its nearest earlier one of another content, so that a pair appears once. */
function* nearDuplicates(examples: readonly Example[], neighbours: Neighbours): Slices<readonly Suspect[]> {
  const { rows } = neighbours;
  const contentOf = (row: number) => examples[row]?.content;
  const others = (row: number, among: readonly number[]) =>
    nearest(
      neighbours,
      row,
      among.filter((each) => contentOf(each) !== contentOf(row)),
    );
  const nearestOf: ReturnType<typeof others>[] = [];
  const earlierOf: ReturnType<typeof others>[] = [];
  for (const [i, row] of rows.entries()) {
    nearestOf.push(others(row, rows));
    earlierOf.push(others(row, rows.slice(0, i)));
    yield;
  }
  const usual = median(nearestOf.flatMap((other) => other?.distance ?? []));
  return rows.flatMap((row, i) => {
    const other = earlierOf[i];
    const [each, earlier] = [examples[row], other && examples[other.row]];
    if (!other || !each || !earlier) return [];
    const score = other.distance === 0 ? 0 : other.distance / usual;
    if (!(score < NEAR)) return [];
    return [{ issue: 'near_duplicate', example: each.id, position: row, score, with: earlier.id }];
  });
}

const outcomeOf = ({ label, target }: Example): string => JSON.stringify(label ?? target);

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] ?? Number.NaN;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
