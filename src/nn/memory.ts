import { add, argMin, gemm, mul, oneHot, reshape, sub } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';

/** 1 at the slot of least usage, the first of several, and 0 elsewhere: usage, result [1, slots]. No gradient. */
export function leastUsed(usage: Value): Value {
  return oneHot(argMin(usage, 1), usage.shape[1] as number);
}

/**
 * M′ = (1 − eᵀ) ⊙ M + wᵀ v: slots M [slots, d] emptied by e and written with v [1, d] by w, both [1, slots].
 *
 * @see Santoro et al. 2016, arXiv:1605.06065, eq. 8
 */
export function write(slots: Value, emptied: Value, written: Value, v: Value): Value {
  const kept = sub(1, reshape(emptied, [emptied.shape[1] ?? 1, 1]));
  return add(mul(slots, kept), gemm(written, v, { transA: true }));
}
