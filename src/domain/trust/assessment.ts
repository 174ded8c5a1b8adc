import type { Tensor } from '../../tensor.ts';
import type { SupportSet } from '../support-set.ts';
import type { Split } from './folds.ts';

/**
 * The answers of adaptations to parts of a support set, for the other examples of the set. All statements of a record about its
 * own quality are computed from it.
 */
export interface Assessment {
  /** Examples, outcome (labels and classes, or targets) and digest. Rows below are in the order of `support.examples`. */
  readonly support: SupportSet;
  /** Inputs of the programs [N, …input]; features [N, d] for packages with an encoder. */
  readonly x: Tensor;
  /** Folds: each example is in `test` of at most one. */
  readonly splits: readonly Split[];
  /** Numbers of the rows that were left out by a fold, ascending. */
  readonly tested: readonly number[];
  /**
   * Out-of-fold logits [N, ways] in the order of `support.outcome.classes`, or values [N, …output]: each row is predicted by an
   * adaptation that did not learn from its example. NaN in rows that are not in `tested`.
   */
  readonly outOfFold: Tensor;
  /** Results with fewer examples, for the learning curve. Empty for regression. */
  readonly curve: readonly CurvePoint[];
}

/** How many of `n` left-out examples were right with `shots` examples of each label. */
export interface CurvePoint {
  readonly shots: number;
  readonly right: number;
  readonly n: number;
}

/** Row `row` of [N, …]. */
export function rowOf({ shape: [rows = 1], data }: Tensor, row: number): Float32Array {
  const size = data.length / rows;
  return data.subarray(row * size, (row + 1) * size);
}
