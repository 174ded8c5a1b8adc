import type { Shape } from '../../onnx/dim.ts';
import { elementwiseOperators } from '../operators.ts';
import { constantTarget, ints, intsOf, reshape } from '../ops/index.ts';
import { inputOf, isOp, type OpType, topologicalOrder, type Value, value } from '../value.ts';

/**
 * Removes axis 1 where it has size 1, after a graph over one example has got a leading axis: [B, 1, …] becomes [B, …]. The
 * operators in between then need no reshapes, and the runtime fuses them as it does in graphs that have a batch axis from
 * the start. The axis comes back where an operator needs it.
 *
 * @module
 */

const without = (shape: Shape): Shape => shape.toSpliced(1, 1);

/** The operands of the new graph. */
interface Rebuilt {
  /** Without axis 1; null unless axis 0 is the batch and axis 1 has size 1. */
  readonly narrow: (x: Value) => Value | null;
  readonly whole: (x: Value) => Value;
}

/** The value without its axis 1, for one operator; null where its operands do not allow it. */
type Rule = (y: Value, operands: Rebuilt) => Value | null;

const made = (y: Value, inputs: readonly Value[], attributes: object = y.attributes): Value =>
  value<OpType>(y.op, inputs, attributes as Value['attributes']);

/**
 * Operands align at the right. An operand that reaches axis 1 must have size 1 there, and one of full rank must also have the
 * batch as axis 0.
 */
const elementwise: Rule = (y, { narrow, whole }) => {
  const rank = y.shape.length;
  const inputs = y.inputs.map((each) => {
    if (each.shape.length < rank) return each.shape.length < rank - 1 ? whole(each) : withoutLead(each);
    return narrow(each);
  });
  return inputs.every((each) => each !== null) ? made(y, inputs) : null;
};

/** An operand of one rank less than the result: its axis 0 meets the axis that goes away. */
const withoutLead = (x: Value): Value | null => {
  if (x.shape[0] !== 1) return null;
  return isOp(x, 'Constant') ? reshapedConstant(x, x.shape.slice(1)) : reshape(x, x.shape.slice(1));
};

const reshapedConstant = (x: Value<'Constant'>, shape: Shape): Value =>
  value('Constant', [], x.attributes, { shape });

const first: (change: (y: Value, x: Value) => Value | null) => Rule =
  (change) =>
  (y, { narrow }) => {
    const x = narrow(inputOf(y, 0));
    return x && change(y, x);
  };

const lower = (axes: readonly number[]) => axes.map((axis) => (axis > 1 ? axis - 1 : axis));
const touches = (axes: readonly number[]) => axes.some((axis) => axis <= 1);

const reduced = first((y, x) => {
  const axes = intsOf(inputOf(y, 1));
  return touches(axes) ? null : made(y, [x, ints(lower(axes))]);
});

const alongAxis: Rule = (y, { narrow, whole }) => {
  const { axis } = y.attributes as { readonly axis: number };
  const inputs = y.inputs.map((each, i) => (isOp(y, 'Gather') && i > 0 ? whole(each) : narrow(each)));
  if (axis <= 1 || inputs.some((each) => each === null)) return null;
  return made(y, inputs as readonly Value[], { ...y.attributes, axis: axis - 1 });
};

const rules: { readonly [Op in OpType]?: Rule } = {
  Reshape: (y, { narrow, whole }) => {
    const source = narrow(inputOf(y, 0)) ?? whole(inputOf(y, 0));
    return constantTarget(source.shape, without(y.shape)) ? reshape(source, without(y.shape)) : null;
  },
  Transpose: first((y, x) => {
    const { perm } = y.attributes as Value<'Transpose'>['attributes'];
    if (perm[0] !== 0 || perm[1] !== 1) return null;
    const kept = [0, ...lower(perm.slice(2))];
    return made(y, [x], { perm: kept });
  }),
  Concat: alongAxis,
  Gather: alongAxis,
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  LayerNormalization: (y, { narrow, whole }) => {
    const { axis } = y.attributes as Value<'LayerNormalization'>['attributes'];
    const x = narrow(inputOf(y, 0));
    const parameters = y.inputs.slice(1).map(whole);
    return x && axis > 1 ? made(y, [x, ...parameters], { ...y.attributes, axis: axis - 1 }) : null;
  },
  ReduceSum: reduced,
  ReduceMean: reduced,
  ReduceMax: reduced,
  ReduceMin: reduced,
  ReduceL1: reduced,
  ReduceL2: reduced,
  ReduceSumSquare: reduced,
  ReduceLogSumExp: reduced,
  Slice: first((y, x) => {
    const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => inputOf(y, i)) as [
      Value,
      Value,
      Value,
      Value,
    ];
    const along = intsOf(axes);
    return touches(along) ? null : made(y, [x, starts, ends, ints(lower(along)), steps]);
  }),
  Pad: first((y, x) => {
    const pads = intsOf(inputOf(y, 1));
    const rank = pads.length / 2;
    if (pads[1] !== 0 || pads[rank + 1] !== 0) return null;
    const kept = pads.filter((_, i) => i !== 1 && i !== rank + 1);
    return made(y, [x, ints(kept), ...y.inputs.slice(2)]);
  }),
  Expand: first((y, x) => {
    const target = inputOf(y, 1);
    if (!isOp(target, 'Constant')) return null;
    const sizes = intsOf(target);
    return sizes.length === y.shape.length ? made(y, [x, ints(sizes.toSpliced(1, 1))]) : null;
  }),
  MatMul: (y, { narrow, whole }) => {
    const [a, b] = [inputOf(y, 0), inputOf(y, 1)];
    const left = narrow(a);
    if (b.shape.length === 2 && a.shape.length > 2) return left && made(y, [left, whole(b)]);
    const right = narrow(b);
    return y.shape.length > 3 && left && right && a.shape.length === b.shape.length
      ? made(y, [left, right])
      : null;
  },
};

const ELEMENTWISE: ReadonlySet<string> = new Set([...Object.keys(elementwiseOperators), 'Identity']);

export function withoutUnitAxis(outputs: readonly Value[], batch: string): readonly Value[] {
  const rebuilt = new Map<Value, Value>();
  const narrowed = new Map<Value, Value>();
  const whole = (x: Value): Value => rebuilt.get(x) ?? x;
  const narrow = (x: Value): Value | null => {
    const wide = whole(x);
    if (wide.shape[0] !== batch || wide.shape[1] !== 1 || wide.shape.length < 2) return null;
    const found = narrowed.get(x) ?? reshape(wide, without(wide.shape));
    narrowed.set(x, found);
    return found;
  };
  for (const old of topologicalOrder(outputs)) {
    const rule = rules[old.op] ?? (ELEMENTWISE.has(old.op) ? elementwise : undefined);
    const isWide = old.shape[0] === batch && old.shape[1] === 1;
    const slim = isWide && rule ? rule(old, { narrow, whole }) : null;
    if (slim) {
      narrowed.set(old, slim);
      // The axis comes back for users that have no rule.
      rebuilt.set(old, reshape(slim, old.shape));
      continue;
    }
    const inputs = old.inputs.map(whole);
    const isSame = inputs.every((each, i) => each === old.inputs[i]);
    rebuilt.set(old, isSame ? old : value(old.op, inputs, old.attributes, old));
  }
  return outputs.map(whole);
}
