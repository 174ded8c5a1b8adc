import { none, type Value, value } from '../value.ts';
import { transpose } from './movement.ts';

/** Matrix product over the last two axes [.., m, k] · [.., k, n]; leading axes broadcast. */
export function matMul(a: Value, b: Value): Value<'MatMul'> {
  return value('MatMul', [a, b], none);
}

interface GemmOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  /** Added to the product, broadcast to it. */
  readonly plus?: Value | undefined;
}

/** Product of two matrices, each optionally transposed without a copy. The same operator adds `plus`. */
export function gemm(
  a: Value,
  b: Value,
  { transA = false, transB = false, plus }: GemmOptions = {},
): Value<'Gemm'> {
  return value('Gemm', plus ? [a, b, plus] : [a, b], { transA: transA ? 1 : 0, transB: transB ? 1 : 0 });
}

/** Swap the last two axes. */
export function swapLast(x: Value): Value {
  const rank = x.shape.length;
  const perm = x.shape.map((_, i) => i);
  [perm[rank - 2], perm[rank - 1]] = [rank - 1, rank - 2];
  return transpose(x, perm);
}
