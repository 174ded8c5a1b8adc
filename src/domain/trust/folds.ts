import { classOrder } from '../class-order.ts';
import type { SupportSet } from '../support-set.ts';
import { shuffled } from './shuffle.ts';

/** Row numbers of a support set: an adaptation to `train` predicts `test`. */
export interface Split {
  /** At least one example of each class. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** The parts of a support set that determine the folds. */
export type Foldable = Pick<SupportSet, 'examples' | 'outcome' | 'digest'>;

/**
 * Splits that leave each example out at most once, with at most `most` folds. Copies of one content are left out together:
 * otherwise an example would be predicted from its own copy.
 *
 * With labels the folds are stratified. The number of folds is the highest number of contents of a label, at most `most`. If
 * a label has fewer contents than there are folds, each fold leaves out at most one of them. With five examples of each label,
 * each fold leaves out one example of each. A label with one content stays in training, and is never tested. The same support
 * set has the same folds.
 */
export function folds({ examples, outcome, digest }: Foldable, most: number): readonly Split[] {
  const labels = outcome.kind === 'labels' ? outcome.labels : examples.map(() => '');
  const contents = examples.map(({ content }) => content);
  const order = shuffled(examples.length, digest);
  const byLabel = contentsByLabel(order, labels, contents);
  const largest = Math.max(0, ...[...byLabel.values()].map((each) => each.size));
  const count = Math.min(most, largest);
  if (count < 2) return [];

  const foldOf = new Map<string, number>();
  let offset = 0;
  for (const label of classOrder(labels)) {
    const own = byLabel.get(label) ?? new Set();
    if (own.size < 2) continue;
    // Labels with fewer contents than folds begin together, so that one of each is left out at the same time.
    const first = own.size < count ? 0 : offset;
    [...own].forEach((content, i) => {
      if (!foldOf.has(content)) foldOf.set(content, (first + i) % count);
    });
    offset += own.size;
  }
  const isTested = (row: number) => (byLabel.get(labels[row] ?? '')?.size ?? 0) > 1;
  return Array.from({ length: count }, (_, fold) =>
    splitOf(labels, (row) => isTested(row) && foldOf.get(contents[row] ?? '') === fold),
  ).filter(({ test }) => test.length > 0);
}

/**
 * Splits with fewer examples: each trains on `shots` contents of each label, and tests the rest. If a label has `shots` contents
 * or fewer, all but one are used. The order of contents is shuffled by `seed`.
 */
export function subsample({ examples, outcome }: Foldable, shots: number, seed: string): Split {
  const labels = outcome.kind === 'labels' ? outcome.labels : examples.map(() => '');
  const contents = examples.map(({ content }) => content);
  const byLabel = contentsByLabel(shuffled(examples.length, seed), labels, contents);
  const kept = new Set<string>();
  for (const own of byLabel.values()) {
    const few = Math.max(1, Math.min(shots, own.size - 1));
    for (const content of [...own].slice(0, few)) kept.add(content);
  }
  return splitOf(labels, (row) => !kept.has(contents[row] ?? ''));
}

/** Distinct contents of each label, in the given order of rows. */
export function contentsByLabel(
  order: readonly number[],
  labels: readonly string[],
  contents: readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const byLabel = new Map<string, Set<string>>();
  for (const row of order) {
    const label = labels[row] ?? '';
    const own = byLabel.get(label) ?? new Set<string>();
    byLabel.set(label, own.add(contents[row] ?? ''));
  }
  return byLabel;
}

/**
 * A label must keep an example in training. If its last one would be left out (the same content under another label), it
 * stays.
 */
function splitOf(labels: readonly string[], isLeftOut: (row: number) => boolean): Split {
  const rows = labels.map((_, row) => row);
  const learnt = new Set(rows.filter((row) => !isLeftOut(row)).map((row) => labels[row]));
  const isTest = (row: number) => isLeftOut(row) && learnt.has(labels[row]);
  return { train: rows.filter((row) => !isTest(row)), test: rows.filter(isTest) };
}
