import { broadcastShapes, type Dim, sameShape } from '../../onnx/dim.ts';
import type { LinalgOps, Value } from '../node.ts';
import { inputOf } from '../node.ts';
import { type FamilyInferences, typeOf } from './inference.ts';

function contract(a: Value, b: Value, inner: readonly [Dim | undefined, Dim | undefined]): void {
  if (inner[0] === undefined || inner[0] !== inner[1]) {
    throw new RangeError(`Expected inner dimensions that agree, got [${a.shape}] and [${b.shape}]`);
  }
}

export const linalg: FamilyInferences<LinalgOps> = {
  MatMul(node) {
    const [a, b] = [inputOf(node, 0), inputOf(node, 1)];
    if (a.shape.length < 2 || b.shape.length < 2) {
      throw new RangeError(`Expected matrices or stacks of them, got [${a.shape}] and [${b.shape}]`);
    }
    contract(a, b, [a.shape.at(-1), b.shape.at(-2)]);
    const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const shape = [...batch, a.shape.at(-2) as Dim, b.shape.at(-1) as Dim];
    return { shape, dtype: typeOf(node.inputs, ['float32']) };
  },
  Gemm(node) {
    const [a, b, plus] = [inputOf(node, 0), inputOf(node, 1), node.inputs[2]];
    const { transA, transB } = node.attributes;
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
    return { shape, dtype: typeOf(node.inputs, ['float32']) };
  },
};
