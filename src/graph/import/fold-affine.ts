import type { Shape } from '../../onnx/dim.ts';
import { add, constant, conv, matMul, mul } from '../ops/index.ts';
import { rewrite } from '../rewriting/rewrite.ts';
import { inputOf, isOp, topologicalOrder, type Value } from '../value.ts';
import { asNorms } from './as-norms.ts';
import type { Budget } from './refusal.ts';

/**
 * Factors and addends of constants, as batch norm leaves them, become part of the convolution or product before them:
 * (W x + b) · s = (W s) x + b s. Several of them in a row become one factor and one addend.
 *
 * @module
 */

type Constant = Value<'Constant'>;
const isNumbers = (x: Value | undefined): x is Constant =>
  !!x && isOp(x, 'Constant') && x.dtype === 'float32';

/** The `size` numbers of x along `axis`; a single number is repeated. Null if x varies along another axis. */
function alongAxis(x: Constant, rank: number, axis: number, size: number): Float32Array | null {
  const data = x.attributes.data as Float32Array;
  if (data.length === 1) return new Float32Array(size).fill(data[0] ?? 0);
  const lead = rank - x.shape.length;
  const fits = x.shape.every((dim, i) => dim === 1 || (i + lead === axis && dim === size));
  return fits && data.length === size ? data : null;
}

type Pointwise = (a: number, b: number) => number;

/** A shape without its axes of size 1 at the front, along which it broadcasts anyway. */
const trimmed = (shape: Shape): Shape => shape.slice(shape.findIndex((dim) => dim !== 1));

/** Two constants of which one has the shape of the result. */
function combined(a: Constant, b: Constant, f: Pointwise, budget: Budget): Constant | null {
  const [x, y] = [a.attributes.data, b.attributes.data];
  const isSame = `${trimmed(a.shape)}` === `${trimmed(b.shape)}`;
  if (!isSame && y.length !== 1 && x.length !== 1) return null;
  const wide = x.length > y.length || (x.length === y.length && a.shape.length >= b.shape.length) ? a : b;
  budget.take(4 * wide.attributes.data.length, 'constants joined');
  const data = new Float32Array(wide.attributes.data.length);
  for (let i = 0; i < data.length; i++)
    data[i] = f(Number(x[x.length === 1 ? 0 : i]), Number(y[y.length === 1 ? 0 : i]));
  return constant({ shape: wide.shape.map(Number), data }, wide.attributes.name) as Constant;
}

/** The constant and the other operand of Add or Mul. */
function sides(node: Value): readonly [Value, Constant] | null {
  const [a, b] = [inputOf(node, 0), inputOf(node, 1)];
  if (isNumbers(b) && !isOp(a, 'Constant')) return [a, b];
  return isNumbers(a) && !isOp(b, 'Constant') ? [b, a] : null;
}

const scaled = (w: Constant, factors: Float32Array, axis: 'rows' | 'columns', budget: Budget): Constant => {
  const data = w.attributes.data as Float32Array;
  budget.take(data.byteLength, `${w.attributes.name ?? 'weights'} with a factor`);
  const inner = axis === 'rows' ? data.length / factors.length : 1;
  const made = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++)
    made[i] = (data[i] ?? 0) * (factors[Math.floor(i / inner) % factors.length] ?? 1);
  return constant({ shape: w.shape.map(Number), data: made }, w.attributes.name) as Constant;
};

const vector = (data: Float32Array, like: Value | undefined, budget: Budget): Constant => {
  budget.take(data.byteLength, 'constants joined');
  const name = like && isOp(like, 'Constant') ? like.attributes.name : undefined;
  return constant({ shape: [data.length], data }, name) as Constant;
};

/** Conv(x, w, b) · s and Conv(x, w, b) + s, for one number s for each channel. */
function intoConv(
  node: Value<'Add'> | Value<'Mul'>,
  x: Value<'Conv'>,
  by: Constant,
  budget: Budget,
): Value | null {
  const [image, w, bias] = [inputOf(x, 0), inputOf(x, 1), x.inputs[2]];
  const channels = Number(x.shape[1]);
  budget.visit(channels, 'constants joined');
  const each = alongAxis(by, node.shape.length, 1, channels);
  if (!each || !isNumbers(w) || (bias && !isNumbers(bias)) || node.shape.length !== x.shape.length)
    return null;
  const before = (bias?.attributes.data as Float32Array | undefined) ?? new Float32Array(channels);
  const isSum = isOp(node, 'Add');
  const after = before.map((b, i) => (isSum ? b + (each[i] ?? 0) : b * (each[i] ?? 1)));
  const kernel = isSum ? w : scaled(w, each, 'rows', budget);
  const keepsNone = !isSum && !bias;
  return conv(image, kernel, keepsNone ? undefined : vector(after, bias ?? by, budget), x.attributes);
}

/** (x · w) · s for a matrix w. */
function intoProduct(x: Value<'MatMul'>, by: Constant, budget: Budget): Value | null {
  const [a, w] = [inputOf(x, 0), inputOf(x, 1)];
  if (!isNumbers(w) || w.shape.length !== 2 || x.shape.length < 2) return null;
  budget.visit(Number(w.shape[1]), 'constants joined');
  const each = alongAxis(by, x.shape.length, x.shape.length - 1, Number(w.shape[1]));
  return each && matMul(a, scaled(w, each, 'columns', budget));
}

/** A constant in another shape is a constant. */
function reshaped(node: Value<'Reshape'>): Value {
  const x = inputOf(node, 0);
  if (!isOp(x, 'Constant')) return node;
  const { data, name } = x.attributes;
  return constant({ shape: node.shape.map(Number), data }, name);
}

function folded(node: Value, isAlone: (x: Value) => boolean, budget: Budget): Value {
  if (isOp(node, 'Reshape')) return reshaped(node);
  if (!isOp(node, 'Mul') && !isOp(node, 'Add')) return node;
  const found = sides(node);
  if (!found) return node;
  const [x, by] = found;
  if (!isAlone(x) || `${x.shape}` !== `${node.shape}`) return node;
  if (isOp(x, 'Conv')) return intoConv(node, x, by, budget) ?? node;
  if (isOp(node, 'Mul') && isOp(x, 'MatMul')) return intoProduct(x, by, budget) ?? node;
  const inner = isOp(x, 'Mul') || isOp(x, 'Add') ? sides(x) : null;
  if (!inner) return node;
  const [y, with_] = inner;
  if (isOp(x, node.op)) {
    const both = combined(with_, by, isOp(node, 'Add') ? (a, b) => a + b : (a, b) => a * b, budget);
    return both ? (isOp(node, 'Add') ? add(y, both) : mul(y, both)) : node;
  }
  // (y + b) · s = y · s + b · s
  if (isOp(node, 'Mul') && `${y.shape}` === `${node.shape}` && (isOp(y, 'Mul') || isOp(y, 'MatMul'))) {
    const shift = combined(with_, by, (a, b) => a * b, budget);
    return shift ? add(folded(mul(y, by), isAlone, budget), shift) : node;
  }
  return node;
}

/** The same tensors with constants folded into their weights. `outputs` are those that will be computed. */
export function foldAffine(
  tensors: ReadonlyMap<string, Value>,
  outputs: readonly Value[],
  budget: Budget,
): ReadonlyMap<string, Value> {
  const users = new Map<Value, number>();
  const count = (each: Value) => users.set(each, (users.get(each) ?? 0) + 1);
  outputs.forEach(count);
  for (const { inputs } of topologicalOrder(outputs)) inputs.forEach(count);
  const alone = new Set([...users].flatMap(([each, n]) => (n === 1 ? [each] : [])));
  const names = [...tensors.keys()];
  const isAlone = (x: Value) => alone.has(x);
  const passes: readonly ((value: Value) => Value)[] = [
    (value) => folded(value, isAlone, budget),
    (value) => asNorms(value, budget),
  ];
  const values = passes.reduce<readonly Value[]>(
    (before, pass) =>
      rewrite(before, (value, old) => {
        const made = pass(value);
        if (alone.has(old)) alone.add(made);
        return made;
      }),
    [...tensors.values()],
  );
  return new Map(names.map((name, i) => [name, values[i] as Value]));
}
