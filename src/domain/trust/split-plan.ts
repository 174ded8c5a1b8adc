import { contentsByLabel, type Foldable, folds, type Split, subsample } from './folds.ts';

/** The splits that one assessment runs. */
export interface Plan {
  readonly folds: readonly Split[];
  /** Contents of a label, on average, that a fold trains on. */
  readonly trainShots: number;
  /** Splits with about `shots` examples of each label, for the learning curve. */
  readonly smaller: readonly { readonly shots: number; readonly split: Split }[];
}

/** With five folds and five examples of each label, each fold leaves out one example of each. */
const FOLDS = 5;
/** Up to this many examples, regression leaves out one at a time. */
const REGRESSION_FOLDS = 10;
/**
 * The limit for the cost of all runs of one assessment, as `costOf` counts. Above it, there are two folds and no learning
 * curve.
 */
const MAX_COST = 100_000;
/** Each size of the learning curve is drawn this often. */
const REPEATS = 2;
const FEWEST = 3;

/** The splits for a support set that adapts in `steps` steps. Large sets and long runs get fewer. */
export function planOf(support: Foldable, steps: number): Plan {
  const { examples, outcome, digest } = support;
  const ways = outcome.kind === 'labels' ? outcome.classes.length : 1;
  const runs = Math.floor(MAX_COST / costOf(examples.length, ways, steps));
  const contents = examples.map(({ content }) => content);
  if (outcome.kind === 'targets') {
    const distinct = new Set(contents).size;
    const most = Math.max(2, Math.min(REGRESSION_FOLDS, runs));
    return { folds: distinct < FEWEST ? [] : folds(support, most), trainShots: distinct, smaller: [] };
  }
  const most = Math.max(2, Math.min(FOLDS, runs));
  const chosen = folds(support, most);
  const byLabel = contentsByLabel([...contents.keys()], outcome.labels, contents);
  const sizes = [...byLabel.values()].map(({ size }) => size).filter((size) => size > 1);
  const shots = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length);
  const trainShots = shots - shots / Math.max(1, chosen.length);
  const fewer = runs > most ? [shots / 4, shots / 2].map(Math.floor) : [];
  const smaller = [...new Set(fewer)]
    .filter((each) => each >= 1 && each < trainShots)
    .flatMap((each) =>
      Array.from({ length: REPEATS }, (_, i) => ({
        shots: each,
        split: subsample(support, each, `${digest} ${each} ${i}`),
      })),
    );
  return { folds: chosen, trainShots, smaller };
}

/**
 * About how long one run takes: each step reads all examples, each class is one more column to fit, and heads in closed form
 * compare all examples with each other.
 */
function costOf(examples: number, ways: number, steps: number): number {
  return examples * (1 + steps) * (1 + ways / 10) * (1 + examples / 200);
}
