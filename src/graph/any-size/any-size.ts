import { sameShape } from '../../onnx/dim.ts';
import { concatInts, cumSum, gather, input, ints, intsOf, reshape, shapeOf, slice } from '../ops/index.ts';
import { inputOf, isOp, none, type OpType, topologicalOrder, type Value, value } from '../value.ts';
import { requireLeadingBlock, type Sizes, shapeOver } from './sizes.ts';

export type AtAnySize =
  | { readonly value: Value }
  /** Why the graphs cannot be joined to one graph of any size. */
  | { readonly unlike: string };

/**
 * Joins the graphs of one network at two sizes of an axis to one graph of any size. Both must have the same operators in the
 * same order. Dimensions that are multiples of the size, or of its square, become symbols. If constants differ along an axis,
 * the second one must be the leading block of the first one, which is cut at run time. All else must be equal.
 *
 * Two sizes prove nothing about others: compare the result at several.
 */
export function atAnySize(first: Value, second: Value, sizes: Sizes): AtAnySize {
  const [as, bs] = [topologicalOrder([first]), topologicalOrder([second])];
  if (as.length !== bs.length)
    return {
      unlike: `${as.length} operations at size ${sizes.first}, but ${bs.length} at size ${sizes.second}`,
    };
  try {
    return { value: joined(as, bs, sizes) };
  } catch (error) {
    // Constructors check shapes, and refuse what they cannot do with a symbol.
    if (error instanceof RangeError || error instanceof TypeError) return { unlike: error.message };
    throw error;
  }
}

/** Rebuilds the last value of `as` with the symbol. @throws RangeError if `bs` does not match */
function joined(as: readonly Value[], bs: readonly Value[], sizes: Sizes): Value {
  const [placesA, placesB] = [placesOf(as), placesOf(bs)];
  const inputs = new Map<Value, Value>();
  as.forEach((a, i) => {
    if (isOp(a, 'Input'))
      inputs.set(a, input(a.attributes.name, shapeOver(a, bs[i] as Value, sizes), a.dtype));
  });
  const runtime = runtimeSize([...inputs.values()], sizes.symbol);
  const targets = targetsOnly(as);
  const made: Value[] = [];
  as.forEach((a, i) => {
    const b = bs[i] as Value;
    requireAlike(a, b, placesA, placesB);
    const operands = a.inputs.map((each) => made[placesA.get(each) ?? -1] as Value);
    // Not rebuilt: Reshape and Expand take the sizes from the shapes of their results.
    if (targets.has(a)) {
      made.push(a);
      return;
    }
    const y = inputs.get(a) ?? over({ a, b, operands, sizes, runtime });
    const shape = shapeOver(a, b, sizes);
    if (!sameShape(y.shape, shape) || y.dtype !== a.dtype)
      throw new RangeError(`expected ${a.op} to make [${shape}], got [${y.shape}]`);
    made.push(y);
  });
  return made.at(-1) as Value;
}

const placesOf = (order: readonly Value[]) => new Map(order.map((each, i) => [each, i]));

/** @throws RangeError unless both are the same operator over operands in the same places */
function requireAlike(
  a: Value,
  b: Value,
  placesA: ReadonlyMap<Value, number>,
  placesB: ReadonlyMap<Value, number>,
): void {
  const isSame =
    a.op === b.op &&
    a.inputs.length === b.inputs.length &&
    a.inputs.every((each, i) => placesA.get(each) === placesB.get(inputOf(b, i)));
  if (!isSame) throw new RangeError(`the graphs of both sizes differ at ${a.op}`);
  if (isOp(a, 'Constant')) return;
  if (isOp(a, 'Scan') || JSON.stringify(a.attributes) !== JSON.stringify(b.attributes))
    throw new RangeError(`attributes of ${a.op} depend on the size`);
}

/** Constants that are shapes for Reshape and Expand, and nothing else. */
function targetsOnly(order: readonly Value[]): ReadonlySet<Value> {
  const isTarget = ({ op }: Value, i: number) => i === 1 && (op === 'Reshape' || op === 'Expand');
  const uses = order.flatMap((user) => user.inputs.map((each, i) => ({ each, isTarget: isTarget(user, i) })));
  const others = new Set(uses.flatMap(({ each, isTarget }) => (isTarget ? [] : [each])));
  const targets = uses.flatMap(({ each, isTarget }) => (isTarget && isOp(each, 'Constant') ? [each] : []));
  return new Set(targets.filter((each) => !others.has(each)));
}

/** The size at run time. */
interface RuntimeSize {
  /** int64 [1] */
  readonly size: Value;
  /** 0, 1, … size − 1: int64 [size] */
  readonly places: Value;
}

function runtimeSize(inputs: readonly Value[], symbol: string): RuntimeSize {
  const sized = inputs.find(({ shape }) => shape.includes(symbol));
  if (!sized) throw new RangeError(`expected an input with an axis ${symbol}, got none`);
  const axis = sized.shape.indexOf(symbol);
  const size = shapeOf(sized, axis, axis + 1);
  return { size, places: cumSum(value('Expand', [ints([1]), size], none), 0, { exclusive: true }) };
}

interface Pair {
  readonly a: Value;
  readonly b: Value;
  readonly operands: readonly Value[];
  readonly sizes: Sizes;
  readonly runtime: RuntimeSize;
}

function over(pair: Pair): Value {
  const { a, operands } = pair;
  const rule = rules[a.op];
  return rule ? rule(pair) : value<OpType>(a.op, operands, a.attributes);
}

/** Operators that state sizes in constants. */
const rules: { readonly [Op in OpType]?: (pair: Pair) => Value } = {
  Constant({ a, b, sizes, runtime }) {
    if (!isOp(a, 'Constant') || !isOp(b, 'Constant')) throw new TypeError('Expected constants');
    requireLeadingBlock(a, b, sizes);
    return a.shape.reduce<Value>(
      (cut, dim, axis) => (dim === b.shape[axis] ? cut : gather(cut, runtime.places, axis)),
      a,
    );
  },
  Reshape: ({ a, b, operands, sizes }) => reshape(operands[0] as Value, shapeOver(a, b, sizes)),
  // A 1 in the target keeps an axis that has its size already.
  Expand({ a, b, operands: [x], sizes, runtime }) {
    if (!x) throw new TypeError('Expected an operand');
    const shape = shapeOver(a, b, sizes);
    const own = [...shape.map(() => 1).slice(x.shape.length), ...x.shape];
    const target = shape.map((dim, axis) => {
      if (typeof dim === 'number') return ints([dim]);
      if (dim === own[axis]) return ints([1]);
      if (dim === sizes.symbol) return runtime.size;
      throw new RangeError(`expected an axis to repeat ${sizes.symbol} times, got ${dim}`);
    });
    return value('Expand', [x, concatInts(target)], none);
  },
  Slice({ a, b, operands: [x] }) {
    if (!x) throw new TypeError('Expected an operand');
    const lists = [1, 2, 3, 4].map((i) => [inputOf(a, i), inputOf(b, i)].map(intsOf));
    if (lists.some(([of, other]) => `${of}` !== `${other}`))
      throw new RangeError('a part of computed numbers depends on the size');
    const [starts = [], ends = [], axes = [], steps = []] = lists.map(([of]) => of);
    return axes.reduce<Value>((cut, axis, i) => {
      const [start = 0, end = 0, step = 1] = [starts[i], ends[i], steps[i]];
      if (typeof cut.shape[axis] === 'number') return slice(cut, [{ axis, start, end, step }]);
      // On an axis of any size, only the first element exists in every case.
      if (start !== 0 || end !== 1)
        throw new RangeError(`elements ${start} to ${end - 1} are read, which a small size does not have`);
      return gather(cut, ints([0]), axis);
    }, x);
  },
};
