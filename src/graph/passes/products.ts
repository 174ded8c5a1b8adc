import { broadcastShapes, sameShape } from '../../onnx/dim.ts';
import { gemm, reshape } from '../ops/index.ts';
import { includingBodies } from '../rewriting/including-bodies.ts';
import { type Pass, rewrite } from '../rewriting/rewrite.ts';
import { inputOf, isOp, type Value } from '../value.ts';

/**
 * Fuses a transposed operand and an addition into the product of two matrices (Gemm). The transpose then takes no time,
 * and the addition needs no extra pass over memory. ONNX Runtime itself fuses a transpose, but not a transpose with an
 * addition: the update W + AᵀB would be two operators instead of one.
 *
 * A product with several users is not changed, because fusing would compute it twice. Run `commonSubexpressions` first.
 */
export const products: Pass = includingBodies((outputs, order) => {
  const users = new Map<Value, number>();
  const count = (each: Value) => users.set(each, (users.get(each) ?? 0) + 1);
  outputs.forEach(count);
  for (const { inputs } of order) inputs.forEach(count);
  const shared = new Set([...users].flatMap(([each, n]) => (n > 1 ? [each] : [])));
  /** If a product is shared, its replacement is marked as shared too. */
  const keep = (from: Value, to: Value) => {
    if (shared.has(from)) shared.add(to);
    return to;
  };
  const fused = (value: Value, from: Value) => keep(from, withAddend(withoutTranspose(value), shared));
  return rewrite(outputs, fused, order);
});

/** Whether x is a transposed matrix. The transpose of a single row or column is a reshape. */
const isSwap = (x: Value): boolean =>
  isOp(x, 'Transpose')
    ? `${x.attributes.perm}` === '1,0'
    : isOp(x, 'Reshape') && isVector(x) && sameShape(inputOf(x, 0).shape, x.shape.toReversed());

const isVector = ({ shape }: Value): boolean => shape.length === 2 && shape.includes(1);

/** MatMul with a transposed operand as Gemm. */
function withoutTranspose(value: Value): Value {
  if (!isOp(value, 'MatMul') || value.shape.length !== 2) return value;
  const [a, b] = [inputOf(value, 0), inputOf(value, 1)];
  if (a.shape.length !== 2 || b.shape.length !== 2 || !(isSwap(a) || isSwap(b))) return value;
  const straight = (x: Value) => (isSwap(x) ? inputOf(x, 0) : x);
  return gemm(straight(a), straight(b), { transA: isSwap(a), transB: isSwap(b) });
}

/** The sum of a product and an addend that broadcasts to it as one operator. */
function withAddend(value: Value, shared: ReadonlySet<Value>): Value {
  if (!isOp(value, 'Add') || value.dtype !== 'float32') return value;
  const [a, b] = [inputOf(value, 0), inputOf(value, 1)];
  const fused = fuseAddend(a, b, shared) ?? fuseAddend(b, a, shared);
  return fused && sameShape(fused.shape, value.shape) ? fused : value;
}

/**
 * `x` + `c` as one Gemm, if x is a product without other users; x may also be a product of one row that is reshaped to
 * a vector.
 */
function fuseAddend(x: Value, c: Value, shared: ReadonlySet<Value>): Value | null {
  if (shared.has(x)) return null;
  if (isRow(x)) {
    const fused = c.shape.length === 1 ? fuseAddend(inputOf(x, 0), c, shared) : null;
    return fused && reshape(fused, x.shape);
  }
  if (!isProduct(x) || !sameShape(broadcastShapes(x.shape, c.shape), x.shape)) return null;
  const { transA, transB } = isOp(x, 'Gemm') ? x.attributes : { transA: 0, transB: 0 };
  return gemm(inputOf(x, 0), inputOf(x, 1), { transA: transA === 1, transB: transB === 1, plus: c });
}

const isProduct = (x: Value): boolean =>
  (isOp(x, 'Gemm') || isOp(x, 'MatMul')) &&
  x.inputs.length === 2 &&
  x.inputs.every(({ shape }) => shape.length === 2);

/** [1, d] → [d] */
const isRow = (x: Value): boolean =>
  isOp(x, 'Reshape') &&
  x.shape.length === 1 &&
  inputOf(x, 0).shape.length === 2 &&
  inputOf(x, 0).shape[0] === 1;
