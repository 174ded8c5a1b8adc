import { broadcastShapes, sameShape } from '../../onnx/dim.ts';
import { add, constantTarget, div, mul, reshape, scalarOf, sub } from '../ops/index.ts';
import { includingBodies } from '../rewriting/including-bodies.ts';
import { joinedPads } from '../rewriting/join-pads.ts';
import { type Pass, rewrite } from '../rewriting/rewrite.ts';
import {
  permuted,
  sinkThroughBinary,
  sinkThroughReduction,
  sinkThroughUnary,
} from '../rewriting/sink-transposes.ts';
import { inputOf, isOp, none, type OpType, type Value, value } from '../value.ts';

type Simplification<Op extends OpType> = (value: Value<Op>) => Value;

/**
 * Removes an operand's Expand, or its Reshape of a single number, if the other operand has the shape of the result: the
 * operator broadcasts by itself.
 */
function withoutExpand<Op extends 'Add' | 'Sub' | 'Mul' | 'Div'>(
  make: (a: Value, b: Value) => Value,
): Simplification<Op> {
  return (value) => {
    const [a, b] = [inputOf(value, 0), inputOf(value, 1)];
    if (isRedundant(a) && sameShape(b.shape, value.shape)) return make(inputOf(a, 0), b);
    if (isRedundant(b) && sameShape(a.shape, value.shape)) return make(a, inputOf(b, 0));
    return value;
  };
}

const isRedundant = (x: Value): boolean =>
  isOp(x, 'Expand') || (isOp(x, 'Reshape') && inputOf(x, 0).shape.length === 0);

/** f(expand a, expand b) = expand f(a, b): computes on the smaller operands and repeats the result. */
function beforeExpand<Op extends 'Add' | 'Sub' | 'Mul' | 'Div'>(
  make: (a: Value, b: Value) => Value,
): Simplification<Op> {
  return (node) => {
    const [a, b] = [inputOf(node, 0), inputOf(node, 1)];
    const [x, y] = [a, b].map((each) => (isOp(each, 'Expand') ? inputOf(each, 0) : each)) as [Value, Value];
    const expand = [a, b].find((each) => isOp(each, 'Expand') && sameShape(each.shape, node.shape));
    const narrow = [x, y].find((each) => sameShape(each.shape, broadcastShapes(x.shape, y.shape)));
    if (!expand || !narrow || sameShape(narrow.shape, node.shape)) return node;
    return value('Expand', [make(x, y), inputOf(expand, 1)], none, node);
  };
}

/** The first simplification that changes the value. */
const firstOf =
  <Op extends OpType>(...attempts: readonly Simplification<Op>[]): Simplification<Op> =>
  (value) => {
    for (const attempt of attempts) {
      const result = attempt(value);
      if (result !== value) return result;
    }
    return value;
  };

/**
 * Replaces the value by its operand x, if the other operand is the number `unit` and does not broadcast x. `sides`
 * lists the operands that may be the unit.
 */
const dropUnit =
  <Op extends 'Add' | 'Sub' | 'Mul' | 'Div'>(unit: number, sides: readonly (0 | 1)[]): Simplification<Op> =>
  (value) => {
    const side = sides.find((i) => scalarOf(inputOf(value, i)) === unit);
    const other = side === undefined ? undefined : inputOf(value, 1 - side);
    return other && sameShape(other.shape, value.shape) ? other : value;
  };

/** x + x = 2 · x */
const doubled: Simplification<'Add'> = (value) => {
  const [a, b] = [inputOf(value, 0), inputOf(value, 1)];
  return a === b ? mul(2, a) : value;
};

/** s · (t · x) = (s · t) · x for numbers s and t: x is then multiplied once. */
const mergedScalars: Simplification<'Mul'> = (value) => {
  const [s, x] = [inputOf(value, 0), inputOf(value, 1)];
  if (s.shape.length > 0 || !isOp(x, 'Mul')) return value;
  const [t, y] = [inputOf(x, 0), inputOf(x, 1)];
  return t.shape.length === 0 && y.shape.length > 0 ? mul(mul(s, t), y) : value;
};

/** Operators of one tensor, whatever its layout. */
const unary = [
  ...([
    'Abs',
    'Cast',
    'Ceil',
    'Clip',
    'Cos',
    'Elu',
    'Erf',
    'Exp',
    'Floor',
    'HardSigmoid',
    'HardSwish',
  ] as const),
  ...([
    'IsNaN',
    'LeakyRelu',
    'Log',
    'Not',
    'Reciprocal',
    'Relu',
    'Round',
    'Selu',
    'Sigmoid',
    'Sign',
  ] as const),
  ...(['Sin', 'Softplus', 'Sqrt', 'Step', 'Tanh'] as const),
];

/** Operators of two tensors that broadcast, whatever their layout. */
const comparisons = ['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'And', 'Or'] as const;

const simplifications: { readonly [Op in OpType]?: Simplification<Op> } = {
  ...Object.fromEntries(unary.map((op) => [op, sinkThroughUnary])),
  ...Object.fromEntries(comparisons.map((op) => [op, sinkThroughBinary])),
  Add: firstOf(
    dropUnit<'Add'>(0, [0, 1]),
    withoutExpand(add),
    beforeExpand(add),
    doubled,
    joinedPads,
    sinkThroughBinary,
  ),
  Sub: firstOf(dropUnit<'Sub'>(0, [1]), withoutExpand(sub), beforeExpand(sub), sinkThroughBinary),
  Mul: firstOf(
    dropUnit<'Mul'>(1, [0, 1]),
    withoutExpand(mul),
    beforeExpand(mul),
    mergedScalars,
    sinkThroughBinary,
  ),
  Div: firstOf(dropUnit<'Div'>(1, [1]), withoutExpand(div), beforeExpand(div), sinkThroughBinary),
  Neg: firstOf((value) => {
    const x = inputOf(value, 0);
    return isOp(x, 'Neg') ? inputOf(x, 0) : value;
  }, sinkThroughUnary),
  ReduceSum: sinkThroughReduction,
  ReduceMean: sinkThroughReduction,
  Reshape: (value) => {
    const x = inputOf(value, 0);
    return isOp(x, 'Reshape') ? directReshape(inputOf(x, 0), value) : value;
  },
  Transpose: (value) => {
    const direct = permuted(inputOf(value, 0), value.attributes.perm);
    return isOp(direct, 'Transpose') && direct.inputs[0] === value.inputs[0] ? value : direct;
  },
};

/** One reshape straight from `x`, if its target shape can be a constant. */
function directReshape(x: Value, value: Value): Value {
  return constantTarget(x.shape, value.shape) ? reshape(x, value.shape) : value;
}

/**
 * Algebraic simplifications: neutral elements, double negation, chains of reshapes and transposes, redundant expands. It also
 * sinks transposes through arithmetic (`sink-transposes.ts`).
 */
export const simplify: Pass = includingBodies((outputs, order) => rewrite(outputs, untilStable, order));

/** Repeats until nothing changes: (1 expanded) · x becomes 1 · x, which becomes x. */
function untilStable(value: Value): Value {
  const simplification = simplifications[value.op] as Simplification<OpType> | undefined;
  const simpler = simplification ? simplification(value) : value;
  return simpler === value ? value : untilStable(simpler);
}
