import { add, argMin, gemm, mul, oneHot, reshape, sub } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';

/** 1 at the least used slot (the first if several are equal), 0 elsewhere: usage and result [1, slots]. No gradient. */
export function leastUsed(usage: Value): Value {
  return oneHot(argMin(usage, 1), usage.shape[1] as number);
}

/**
 * M′ = (1 − eᵀ) ⊙ M + wᵀ v: erases the slots M [slots, d] by e and writes v [1, d] by w; e and w are [1, slots].
 *
 * @see Santoro et al. 2016, arXiv:1605.06065, eq. 8
 */
export function write(slots: Value, erase: Value, weights: Value, v: Value): Value {
  const keep = sub(1, reshape(erase, [erase.shape[1] ?? 1, 1]));
  return add(mul(slots, keep), gemm(weights, v, { transA: true }));
}
