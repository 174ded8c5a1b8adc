import { tensorOf } from '../onnx/decode.ts';
import { bodiesOf, type OnnxGraph, type OnnxInitializer, type OnnxNode } from '../onnx/model.ts';
import { dataTypes } from '../onnx/schema.ts';
import { sizeOf } from '../tensor.ts';
import { type SizedOperator, UNSIZED_OPERATORS } from './allowed-operators.ts';

/**
 * `ConstantOfShape([10⁹])` is a few bytes that allocate 4 GB. This module limits what a program can allocate in this way.
 * The sizes that an operator states must be constants, or dimensions that are copied from one tensor.
 *
 * Operators that make a larger tensor from several tensors (broadcasting, products, concatenation) are not limited.
 *
 * @module
 */

/** The allocation by stated sizes of one operator, or of a whole program. */
interface Cost {
  /** Number of elements of tensors with constant sizes. Costs of several operators are added. */
  readonly elements: number;
  /** Size of a result relative to the size of its input. Factors of several operators are multiplied. */
  readonly sizeFactor: number;
  /** Elements added to an axis. Costs of several operators are added. */
  readonly padding: number;
}

const NO_COST: Cost = { elements: 0, sizeFactor: 1, padding: 0 };

/**
 * Our own programs create up to 75,000 elements, enlarge no tensor and add up to 25 elements of padding. 2²⁴ float32
 * are 64 MiB.
 */
const LIMITS: Cost = { elements: 2 ** 24, sizeFactor: 2 ** 10, padding: 2 ** 10 };

const sum = (a: Cost, b: Cost): Cost => ({
  elements: a.elements + b.elements,
  sizeFactor: a.sizeFactor * b.sizeFactor,
  padding: a.padding + b.padding,
});

export interface AllocationProblem {
  readonly expected: string;
  readonly got: string;
}

/** Sizes in an operand: constants, and dimensions that are copied from one tensor. */
interface Sizes {
  readonly constants: readonly number[];
  readonly copied: readonly { readonly tensor: string; readonly start: number; readonly end: number }[];
}

/** The node or initializer that defines a value; undefined for an input. */
type Lookup = (name: string) => OnnxNode | OnnxInitializer | undefined;

/** The allocation of an operator; null when its sizes are neither constants nor copied dimensions. */
type Rule = (node: OnnxNode, lookup: Lookup) => Cost | null;

/** For operators whose operand `at` is the shape of the result. */
const shapeInOperand =
  (at: number): Rule =>
  (node, lookup) => {
    const sizes = sizesOf(node.inputs[at], lookup);
    if (!sizes || !isOneTensor(sizes)) return null;
    const size = product(sizes.constants);
    return sizes.copied.length > 0 ? { ...NO_COST, sizeFactor: size } : { ...NO_COST, elements: size };
  };

/** For operators whose operand `at` states how much larger the result is than the input. */
const increaseInOperand =
  (at: number, cost: (constants: readonly number[]) => Cost): Rule =>
  (node, lookup) => {
    const sizes = sizesOf(node.inputs[at], lookup);
    return sizes && sizes.copied.length === 0 ? cost(sizes.constants) : null;
  };

/** Zeros count as 1: a tensor without elements can still have a large dimension, which another operator copies. */
const product = (factors: readonly number[]): number =>
  factors.reduce((total, each) => total * Math.max(1, Math.abs(each)), 1);
const total = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + Math.abs(each), 0);

const repeated = (factors: readonly number[]): Cost => ({ ...NO_COST, sizeFactor: product(factors) });
const padded = (pads: readonly number[]): Cost => ({ ...NO_COST, padding: total(pads) });

const range: Rule = (node, lookup) => {
  const [start, limit, delta] = node.inputs.map((each) => numberOf(lookup(each)));
  if (start === undefined || limit === undefined || !delta) return null;
  return { ...NO_COST, elements: Math.max(0, Math.ceil((limit - start) / delta)) };
};

/** Convolutions and pooling state their geometry in attributes. */
const geometry: Rule = ({ opType, attributes }) => {
  const numbers = (name: string): readonly number[] => {
    const found = attributes.find((each) => each.name === name);
    return found?.type === 'ints' ? found.value : [];
  };
  const padding = total([...numbers('pads'), ...numbers('output_padding')]);
  // A transposed convolution enlarges its input by the strides, or to the size in `output_shape`.
  const isTransposed = opType === 'ConvTranspose';
  return {
    elements: isTransposed ? product(numbers('output_shape')) : 0,
    sizeFactor: isTransposed ? product([...numbers('strides'), ...numbers('dilations')]) : 1,
    padding,
  };
};

const sizedRules: Readonly<Record<SizedOperator, Rule>> = {
  ConstantOfShape: shapeInOperand(0),
  Expand: shapeInOperand(1),
  Tile: increaseInOperand(1, repeated),
  OneHot: increaseInOperand(1, repeated),
  Pad: increaseInOperand(1, padded),
  Range: range,
  Conv: geometry,
  ConvInteger: geometry,
  QLinearConv: geometry,
  ConvTranspose: geometry,
  AveragePool: geometry,
  MaxPool: geometry,
};

/** Null for an operator that is not allowed: its allocation is unknown. */
function ruleOf(operator: string): Rule | null {
  if (UNSIZED_OPERATORS.has(operator)) return () => NO_COST;
  return Object.hasOwn(sizedRules, operator) ? sizedRules[operator as SizedOperator] : null;
}

const words: { readonly [Kind in keyof Cost]: string } = {
  elements: 'elements made from constant sizes',
  sizeFactor: 'times the size of the given tensors',
  padding: 'elements of padding',
};

/** The first operator, in the program or in a body, at which the allocation exceeds a limit. */
export function allocationProblem(program: OnnxGraph): AllocationProblem | null {
  let spent = NO_COST;
  for (const [node, lookup] of nodesOf(program, () => undefined)) {
    const rule = ruleOf(node.opType);
    if (!rule) return { expected: 'operators whose allocation is known', got: node.opType };
    const cost = rule(node, lookup);
    if (!cost) {
      const expected = `sizes of ${node.opType} that are constants, or dimensions copied from one tensor`;
      return { expected, got: 'others' };
    }
    spent = sum(spent, cost);
    const kind = (Object.keys(LIMITS) as (keyof Cost)[]).find((each) => !(spent[each] <= LIMITS[each]));
    if (kind)
      return {
        expected: `at most ${LIMITS[kind]} ${words[kind]}`,
        got: `${spent[kind]} with ${node.opType}`,
      };
  }
  return null;
}

/** Every node of a graph and its bodies, with the values that it can refer to. */
function* nodesOf(graph: OnnxGraph, outer: Lookup): Generator<readonly [OnnxNode, Lookup]> {
  const defined = new Map<string, OnnxNode | OnnxInitializer>([
    ...graph.initializers.map((each) => [each.name, each] as const),
    ...graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)),
  ]);
  const lookup: Lookup = (name) => defined.get(name) ?? outer(name);
  for (const node of graph.nodes) {
    yield [node, lookup];
    for (const body of bodiesOf(node)) yield* nodesOf(body, lookup);
  }
}

/** Null when the sizes are neither constants, nor dimensions of tensors, nor a Concat of these. */
function sizesOf(name: string | undefined, lookup: Lookup): Sizes | null {
  const made = name === undefined ? undefined : lookup(name);
  if (!made || !('opType' in made) || made.opType !== 'Concat') return partOf(made);
  const parts = made.inputs.map((each) => partOf(lookup(each)));
  if (!parts.every((each) => each !== null)) return null;
  return {
    constants: parts.flatMap(({ constants }) => constants),
    copied: parts.flatMap(({ copied }) => copied),
  };
}

function partOf(made: OnnxNode | OnnxInitializer | undefined): Sizes | null {
  if (!made) return null;
  if (!('opType' in made)) {
    const constants = intsOf(made);
    return constants && { constants, copied: [] };
  }
  if (made.opType !== 'Shape') return null;
  const axis = (key: string, missing: number): number => {
    const found = made.attributes.find((each) => each.name === key);
    return found?.type === 'int' ? found.value : missing;
  };
  const [start, end] = [axis('start', 0), axis('end', Number.POSITIVE_INFINITY)];
  // A negative axis counts from the end, so it may be any axis: take all axes.
  const isFromEnd = start < 0 || end < 0;
  const range = isFromEnd ? { start: 0, end: Number.POSITIVE_INFINITY } : { start, end };
  return { constants: [], copied: [{ tensor: made.inputs[0] ?? '', ...range }] };
}

/** Whether the copied dimensions belong to one tensor, each used once: their product is then at most its size. */
function isOneTensor({ copied }: Sizes): boolean {
  const sorted = copied.toSorted((a, b) => a.start - b.start);
  return sorted.every(
    ({ tensor, start }, i) => tensor === sorted[0]?.tensor && start >= (sorted[i - 1]?.end ?? 0),
  );
}

/** Tensors have few axes, so a longer operand is not a list of sizes. Reading it for every node would be slow. */
const MAX_SIZES = 32;

function intsOf({ dims, dataType, external, raw }: OnnxInitializer): readonly number[] | null {
  const count = raw.byteLength / 8;
  if (dataType !== dataTypes.int64 || external || count !== sizeOf(dims) || count > MAX_SIZES) return null;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: count }, (_, i) => Number(view.getBigInt64(8 * i, true)));
}

/** The number of a scalar constant. */
function numberOf(made: OnnxNode | OnnxInitializer | undefined): number | undefined {
  if (!made || 'opType' in made || sizeOf(made.dims) !== 1) return undefined;
  if (made.dataType === dataTypes.float32 && !made.external && made.raw.byteLength === 4)
    return tensorOf(made).data[0];
  return intsOf(made)?.[0];
}
