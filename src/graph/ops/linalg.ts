import { broadcastShapes, type Dim, sameShape } from '../../onnx/dim.ts';
import { none, type Value, value } from '../value.ts';
import { transpose } from './movement.ts';

function contract(a: Value, b: Value, inner: readonly [Dim | undefined, Dim | undefined]): void {
  if (inner[0] === undefined || inner[0] !== inner[1]) {
    throw new RangeError(`Expected inner dimensions that agree, got [${a.shape}] and [${b.shape}]`);
  }
}

/** Matrix product over the last two axes [.., m, k] · [.., k, n]; leading axes broadcast. */
export function matMul(a: Value, b: Value): Value<'MatMul'> {
  if (a.shape.length < 2 || b.shape.length < 2) {
    throw new RangeError(`Expected matrices or stacks of them, got [${a.shape}] and [${b.shape}]`);
  }
  contract(a, b, [a.shape.at(-1), b.shape.at(-2)]);
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return value('MatMul', [a, b], none, [...batch, a.shape.at(-2) as Dim, b.shape.at(-1) as Dim]);
}

interface GemmOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  /** Added to the product, broadcast to it. */
  readonly plus?: Value | undefined;
}

/** Product of two matrices, each optionally transposed without a copy. `plus` is added in place. */
export function gemm(
  a: Value,
  b: Value,
  { transA = false, transB = false, plus }: GemmOptions = {},
): Value<'Gemm'> {
  if (a.shape.length !== 2 || b.shape.length !== 2) {
    throw new RangeError(`Expected two matrices, got [${a.shape}] and [${b.shape}]`);
  }
  const [m, k] = transA ? [a.shape[1], a.shape[0]] : a.shape;
  const [l, n] = transB ? [b.shape[1], b.shape[0]] : b.shape;
  contract(a, b, [k, l]);
  const shape = [m as Dim, n as Dim];
  if (plus && !sameShape(broadcastShapes(plus.shape, shape), shape)) {
    throw new RangeError(`Expected an addend that broadcasts to [${shape}], got [${plus.shape}]`);
  }
  const operands = plus ? [a, b, plus] : [a, b];
  return value('Gemm', operands, { transA: transA ? 1 : 0, transB: transB ? 1 : 0 }, shape);
}

/** Swap the last two axes. */
export function swapLast(x: Value): Value {
  const rank = x.shape.length;
  const perm = x.shape.map((_, i) => i);
  [perm[rank - 2], perm[rank - 1]] = [rank - 1, rank - 2];
  return transpose(x, perm);
}
