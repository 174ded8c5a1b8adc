import { tensorOf } from '../onnx/decode.ts';
import { bodiesOf, type OnnxGraph, type OnnxInitializer, type OnnxNode } from '../onnx/model.ts';
import { dataTypes } from '../onnx/schema.ts';
import { sizeOf } from '../tensor.ts';

/**
 * Bounds on the memory that one operator of a program may allocate. Sizes that a program states have to be constants, or
 * dimensions that it copies from one tensor. So a few bytes of a package cannot ask for gigabytes.
 *
 * This looks at each operator alone: a chain of operators that each enlarge a tensor is not bounded.
 *
 * @module
 */

/** Elements that an operator may create from constants: 64 MiB of float32. */
const MOST_ELEMENTS = 2 ** 24;
/** How many times larger than a given tensor an operator may make its result. */
const MOST_GROWTH = 2 ** 10;

export interface AllocationProblem {
  readonly expected: string;
  readonly got: string;
}

/** Sizes that are an operand: constants, and dimensions that are copied from one tensor. */
interface Sizes {
  readonly constants: readonly number[];
  readonly copied: readonly { readonly tensor: string; readonly start: number; readonly end: number }[];
}

/** What computes a value, or its content; undefined for an input. */
type Lookup = (name: string) => OnnxNode | OnnxInitializer | undefined;

type Rule = (node: OnnxNode, lookup: Lookup) => AllocationProblem | null;

/** A tensor of the sizes in operand `at`. */
const creates =
  (at: number): Rule =>
  (node, lookup) => {
    const sizes = sizesOf(node.inputs[at], lookup);
    if (!sizes || !isOneTensor(sizes)) return computed(node);
    const most = sizes.copied.length > 0 ? MOST_GROWTH : MOST_ELEMENTS;
    return atMost(node, most, product(sizes.constants));
  };

/** A tensor `factor(constants)` times as large as another. The constants are in operand `at`. */
const enlarges =
  (at: number, factor: (constants: readonly number[]) => number): Rule =>
  (node, lookup) => {
    const sizes = sizesOf(node.inputs[at], lookup);
    if (!sizes || sizes.copied.length > 0) return computed(node);
    return atMost(node, MOST_GROWTH, factor(sizes.constants));
  };

const product = (factors: readonly number[]): number =>
  factors.reduce((total, each) => total * Math.max(1, Math.abs(each)), 1);

/** A dimension of at least 1 with pads of `sum` is at most 1 + `sum` times as large. */
const padded = (pads: readonly number[]): number => {
  const rank = pads.length / 2;
  return product(
    pads.slice(0, rank).map((before, axis) => 1 + Math.abs(before) + Math.abs(pads[axis + rank] ?? 0)),
  );
};

const range: Rule = (node, lookup) => {
  const [start, limit, delta] = node.inputs.map((each) => numberOf(lookup(each)));
  if (start === undefined || limit === undefined || !delta) return computed(node);
  return atMost(node, MOST_ELEMENTS, Math.ceil((limit - start) / delta));
};

/** Geometry of convolutions and pooling is in attributes: each number may enlarge an axis by so much. */
const geometry: Rule = (node) =>
  node.attributes
    .flatMap((each) =>
      each.type === 'ints' ? [atMost(node, MOST_GROWTH, Math.max(0, ...each.value.map(Math.abs)))] : [],
    )
    .find((problem) => problem !== null) ?? null;

const rules: Readonly<Partial<Record<string, Rule>>> = {
  ConstantOfShape: creates(0),
  Expand: creates(1),
  Tile: enlarges(1, product),
  OneHot: enlarges(1, product),
  Pad: enlarges(1, padded),
  Range: range,
  Conv: geometry,
  ConvTranspose: geometry,
  AveragePool: geometry,
  MaxPool: geometry,
};

const computed = ({ opType }: OnnxNode): AllocationProblem => ({
  expected: `sizes of ${opType} that are constants, or dimensions copied from one tensor`,
  got: 'computed ones',
});

const atMost = ({ opType }: OnnxNode, most: number, got: number): AllocationProblem | null =>
  got <= most ? null : { expected: `sizes of ${opType} with a product of at most ${most}`, got: `${got}` };

/** The first operator of a graph, or of a body in it, whose result may be too large. */
export function allocationProblem(
  graph: OnnxGraph,
  outer: Lookup = () => undefined,
): AllocationProblem | null {
  const made = new Map<string, OnnxNode | OnnxInitializer>([
    ...graph.initializers.map((each) => [each.name, each] as const),
    ...graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)),
  ]);
  const lookup: Lookup = (name) => made.get(name) ?? outer(name);
  for (const node of graph.nodes) {
    const problem = rules[node.opType]?.(node, lookup) ?? null;
    if (problem) return problem;
    for (const body of bodiesOf(node)) {
      const inside = allocationProblem(body, lookup);
      if (inside) return inside;
    }
  }
  return null;
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
  // An axis from the end may be any: take them all.
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

/** Tensors have few axes. A longer operand is no list of sizes, and reading it for every node would take long. */
const MOST_SIZES = 32;

function intsOf({ dims, dataType, external, raw }: OnnxInitializer): readonly number[] | null {
  const count = raw.byteLength / 8;
  if (dataType !== dataTypes.int64 || external || count !== sizeOf(dims) || count > MOST_SIZES) return null;
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
