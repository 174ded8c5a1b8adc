import type { Slices } from '../../concurrency/slices.ts';
import type { AskedInput } from './asked-input.ts';
import { domainAuc } from './classifier.ts';
import { inDeviations } from './deviations.ts';
import { type Kernel, rbfKernel } from './kernel.ts';
import { LEVEL, type MmdTest, mmdTest } from './mmd.ts';
import { type Statistic, statisticsOf } from './statistics.ts';

/** Whether the latest inputs of a task differ from its first inputs, or from its examples. */
export interface Drift {
  /** Whether `pValue` is at most 0.05. False, too, when there are not enough inputs to say. */
  readonly isDrift: boolean;
  readonly pValue: number | null;
  /** Squared maximum mean discrepancy. It can be a little below 0. */
  readonly distance: number | null;
  /** A larger distance counts as drift. If nothing has changed, 5 % of windows exceed it. */
  readonly threshold: number | null;
  /** How well a linear classifier separates the two samples: 0.5 not at all, 1 completely. */
  readonly auc: number | null;
  /** By label that was predicted, in order of frequency. */
  readonly perLabel: readonly LabelDrift[];
  readonly statistics: readonly Statistic[];
  /** Whether both samples have enough inputs for `pValue`. */
  readonly enough: boolean;
}

/** Whether the inputs with one predicted label have changed. */
export interface LabelDrift {
  readonly label: string;
  /** Inputs of each sample that have this label. */
  readonly reference: number;
  readonly window: number;
  /** Null: too few to say. */
  readonly pValue: number | null;
  readonly isDrift: boolean;
}

/** What is compared. Examples of a support set have no facts, and their own label. */
export type Compared = Pick<AskedInput, 'features' | 'label' | 'facts'> &
  Partial<Pick<AskedInput, 'adaptation' | 'novelty'>>;

/** Smaller samples are not tested. */
export const MINIMUM = 25;

/** Compares two samples. The same samples and `seed` have the same result. */
export function* driftBetween(
  reference: readonly Compared[],
  window: readonly Compared[],
  seed: string,
): Slices<Drift> {
  // Another adaptation has other labels, and its novelty is not comparable.
  const { adaptation } = window.at(-1) ?? {};
  const isSame = (each: Compared) => each.adaptation === undefined || each.adaptation === adaptation;
  const statistics = statisticsOf(
    reference.map((each) => allFacts(each, isSame(each))),
    window.map((each) => allFacts(each, isSame(each))),
    LEVEL,
  );
  yield;
  const enough = Math.min(reference.length, window.length) >= MINIMUM;
  if (!enough) return { ...NOT_ENOUGH, statistics };

  const all = [...reference, ...window];
  const rows = inDeviations(all.map(({ features }) => features));
  const kernel = yield* rbfKernel(rows);
  const test = yield* mmdTest(kernel, reference.length, seed);
  const auc = yield* domainAuc(rows.slice(0, reference.length), rows.slice(reference.length), seed);
  const labels = all.map((each) => (isSame(each) ? each.label : null));
  const perLabel = yield* labelsOf(kernel, labels, reference.length, seed);
  return { ...test, isDrift: test.pValue <= LEVEL, auc, perLabel, statistics, enough };
}

const NOT_ENOUGH = {
  isDrift: false,
  pValue: null,
  distance: null,
  threshold: null,
  auc: null,
  perLabel: [],
  enough: false,
} as const;

function allFacts({ facts, label, novelty }: Compared, isSame: boolean) {
  return {
    ...facts,
    ...(isSame && label !== null && { label }),
    ...(isSame && typeof novelty === 'number' && { novelty }),
  };
}

/** Rows `0…m − 1` of the kernel are the reference. */
function* labelsOf(
  kernel: Kernel,
  labels: readonly (string | null)[],
  m: number,
  seed: string,
): Slices<readonly LabelDrift[]> {
  const rows = new Map<string, number[]>();
  labels.forEach((label, row) => {
    if (label !== null) rows.set(label, [...(rows.get(label) ?? []), row]);
  });
  const counted = [...rows]
    .map(([label, own]) => ({ label, own, reference: own.filter((row) => row < m).length }))
    .map((each) => ({ ...each, window: each.own.length - each.reference }))
    .toSorted((a, b) => b.own.length - a.own.length || (a.label < b.label ? -1 : 1));
  const isTested = (each: (typeof counted)[number]) => Math.min(each.reference, each.window) >= MINIMUM;
  const level = LEVEL / Math.max(1, counted.filter(isTested).length);
  const found: LabelDrift[] = [];
  for (const { own, ...each } of counted) {
    const test: MmdTest | null = isTested({ own, ...each })
      ? yield* mmdTest(part(kernel, own), each.reference, `${seed} ${each.label}`)
      : null;
    found.push({
      ...each,
      pValue: test?.pValue ?? null,
      isDrift: test !== null && test.pValue <= level,
    });
  }
  return found;
}

/** The kernel of some of its points, in the order of `rows`. */
function part({ n, values }: Kernel, rows: readonly number[]): Kernel {
  const out = new Float32Array(rows.length ** 2);
  rows.forEach((row, i) => {
    rows.forEach((column, j) => {
      out[i * rows.length + j] = values[row * n + column] as number;
    });
  });
  return { n: rows.length, values: out };
}
