import type { Assessment } from '../../../src/domain/trust/assessment.ts';
import { folds } from '../../../src/domain/trust/folds.ts';
import { tensor } from '../../../src/tensor.ts';
import { supportOf, targetsOf } from '../../support/examples.ts';

interface Predicted {
  readonly label: string;
  /** Logits of the example when it is left out, in class order; absent if it never is. */
  readonly logits?: readonly number[];
  readonly x?: readonly number[];
}

/** An assessment of examples with these out-of-fold logits. Example n has the input [n] unless it has another. */
export function assessed(rows: readonly Predicted[], curve: Assessment['curve'] = []): Assessment {
  const { support } = supportOf(rows.map(({ label }) => label));
  const ways = support.outcome.kind === 'labels' ? support.outcome.classes.length : 0;
  const tested = rows.flatMap(({ logits }, i) => (logits ? [i] : []));
  const none = Array.from({ length: ways }, () => Number.NaN);
  return {
    support,
    x: tensor(
      [rows.length, rows[0]?.x?.length ?? 1],
      rows.flatMap(({ x }, i) => x ?? [i]),
    ),
    splits: folds(support, 5),
    tested,
    outOfFold: tensor(
      [rows.length, ways],
      rows.flatMap(({ logits }) => logits ?? none),
    ),
    curve,
  };
}

/** An assessment of a regression: targets, and what was predicted for them when they were left out. */
export function regressed(pairs: readonly (readonly [target: number, predicted: number])[]): Assessment {
  const { support } = targetsOf(pairs.map(([target], i) => ({ x: [i], target: [target] })));
  return {
    support,
    x: tensor(
      [pairs.length, 1],
      pairs.map((_, i) => i),
    ),
    splits: folds(support, pairs.length),
    tested: pairs.map((_, i) => i),
    outOfFold: tensor(
      [pairs.length, 1],
      pairs.map(([, predicted]) => predicted),
    ),
    curve: [],
  };
}
