import { firstNotFinite, type Tensor, type Tensors } from '../tensor.ts';
import { decodeModel, tensorOf } from './decode.ts';
import { encodeModel } from './encode.ts';
import { type ExposedGraph, type ExposedScan, exposeValues } from './expose.ts';
import { bodiesOf, type OnnxGraph, type OnnxNode } from './model.ts';
import { dataTypes } from './schema.ts';

/** Summary of the numbers of a value. */
export interface ValueReport {
  readonly name: string;
  readonly shape: readonly number[];
  /** Smallest and largest finite number; null when no number is finite. */
  readonly range: readonly [smallest: number, largest: number] | null;
  /** The first NaN, else the first infinite number, and its position in row-major order. */
  readonly nonFinite: { readonly at: number; readonly value: number } | null;
}

/**
 * The first operator that makes a NaN or an infinity which its inputs do not have; or an input that is not finite, or a
 * weight with a NaN. Infinite constants may be meant, such as those of a mask, or the upper bound of a Clip that has only a
 * lower one. They are reported only if the program returns an infinity that no operator made. An operator that is not
 * elementwise and has an infinite input is never blamed for an infinity.
 */
export interface NonFinite {
  readonly operator: { readonly op: string; readonly name: string } | null;
  readonly inputs: readonly ValueReport[];
  readonly output: ValueReport;
  /** The scans around the operator, outermost first, each with its step from 0. */
  readonly scans: readonly { readonly name: string; readonly step: number }[];
}

/** Runs a model on feeds in a session of the runtime. */
export type RunModel = (model: Uint8Array, feeds: Tensors) => Promise<Tensors>;

/**
 * Runs a model with every intermediate value as an extra output, and finds the operator that produces the first NaN or
 * infinity. Null when there is none. The extra outputs keep the runtime from fusing operators, so rounding may differ
 * slightly.
 */
export async function findNonFinite(
  bytes: Uint8Array,
  feeds: Tensors,
  run: RunModel,
): Promise<NonFinite | null> {
  const model = decodeModel(bytes);
  const weights = allWeights(model).map(([name, tensor]) => report(name, tensor));
  const bare = (output: ValueReport): NonFinite => ({ operator: null, inputs: [], output, scans: [] });
  const wrong = [
    ...weights.filter(hasNaN),
    ...Object.entries(feeds)
      .map(([name, tensor]) => report(name, tensor))
      .filter(({ nonFinite }) => nonFinite),
  ][0];
  if (wrong) return bare(wrong);
  const exposed = exposeValues(model);
  const results = await run(encodeModel(exposed.model), feeds);
  const given = { ...weightsOf(model), ...feeds };
  const found = search(
    exposed,
    (output) => results[output],
    (name) => given[name],
  );
  const isReturned = model.outputs.some(({ name }) => firstNotFinite(results[name]?.data ?? NONE) >= 0);
  const infinite = weights.find(({ nonFinite }) => nonFinite);
  return found ?? (isReturned && infinite ? bare(infinite) : null);
}

const NONE = new Float32Array();

/** Reads a tensor by name. */
type Read = (name: string) => Tensor | undefined;

/** `read` reads an exposed output, `readOuter` a value from outside this graph. Nodes are in topological order. */
function search(exposed: ExposedGraph, read: Read, readOuter: Read): NonFinite | null {
  const { graph, outputs, scans } = exposed;
  const own = weightsOf(graph);
  const lookup: Read = (name) => {
    const output = outputs.get(name);
    return output === undefined ? (own[name] ?? readOuter(name)) : read(output);
  };
  for (const node of graph.nodes) {
    const output = reportsOf(node.outputs, lookup).find(({ nonFinite }) => nonFinite);
    if (!output) continue;
    const scan = scans.get(node);
    if (scan) {
      // A scan makes no number itself: all that it returns comes from its inputs or from its body.
      const inside = searchSteps(node, scan, read, lookup);
      if (inside) return inside;
      continue;
    }
    const inputs = reportsOf(node.inputs, lookup);
    const isPassedOn = inputs.some((each) => each.nonFinite && (hasNaN(each) || !hasNaN(output)));
    const nonFinite = isPassedOn ? madeBesidePassedOn(node, lookup) : output.nonFinite;
    if (!nonFinite) continue;
    const operator = { op: node.opType, name: node.name };
    return { operator, inputs, output: { ...output, nonFinite }, scans: [] };
  }
  return null;
}

/** The elementwise operators that can make an infinity from finite numbers. */
const ELEMENTWISE: ReadonlySet<string> = new Set([
  ...['Add', 'Div', 'Elu', 'Exp', 'LeakyRelu', 'Log', 'Mul'],
  ...['PRelu', 'Pow', 'Reciprocal', 'Selu', 'Sub', 'Sum'],
]);

/** The first infinity that an elementwise operator makes from finite numbers alone; null for other operators. */
function madeBesidePassedOn({ opType, inputs, outputs }: OnnxNode, lookup: Read): ValueReport['nonFinite'] {
  const output = lookup(outputs[0] ?? '');
  if (!output || !ELEMENTWISE.has(opType)) return null;
  const operands = inputs.flatMap((name) => lookup(name) ?? []);
  const isMade = (value: number, at: number) =>
    !Number.isFinite(value) && operands.every((x) => Number.isFinite(broadcastAt(x, output.shape, at)));
  const at = output.data.findIndex(isMade);
  return at < 0 ? null : { at, value: output.data[at] as number };
}

/** The number of x at a position of the shape that x is broadcast to. */
function broadcastAt({ shape: own, data }: Tensor, shape: readonly number[], at: number): number {
  let [rest, index, stride] = [at, 0, 1];
  for (let axis = 1; axis <= shape.length; axis++) {
    const [dim, size] = [own.at(-axis) ?? 1, shape.at(-axis) ?? 1];
    if (dim > 1) index += (rest % size) * stride;
    stride *= dim;
    rest = Math.floor(rest / size);
  }
  return data[index] as number;
}

/**
 * Rows of the stacked outputs are in the order of the steps, so the first row with a non-finite value is the step to
 * report.
 */
function searchSteps(
  node: OnnxNode,
  { body, stacked }: ExposedScan,
  read: Read,
  lookup: Read,
): NonFinite | null {
  const [any] = stacked.values();
  const steps = (any === undefined ? undefined : read(any))?.shape[0] ?? 0;
  for (let step = 0; step < steps; step++) {
    const readStep: Read = (output) => {
      const tensor = read(stacked.get(output) ?? '');
      return tensor && rowOf(tensor, step);
    };
    const found = search(body, readStep, lookup);
    if (found) return { ...found, scans: [{ name: node.name, step }, ...found.scans] };
  }
  return null;
}

function rowOf({ shape: [rows = 1, ...shape], data }: Tensor, row: number): Tensor {
  const size = data.length / rows;
  return { shape, data: data.subarray(row * size, (row + 1) * size) };
}

const weightsOf = ({
  initializers,
}: {
  readonly initializers: ExposedGraph['graph']['initializers'];
}): Tensors =>
  Object.fromEntries(
    initializers
      .filter(({ dataType, external }) => dataType === dataTypes.float32 && !external)
      .map((each) => [each.name, tensorOf(each)]),
  );

/** Those of a graph and of the bodies of its scans. */
const allWeights = (graph: OnnxGraph): readonly (readonly [name: string, weight: Tensor])[] => [
  ...Object.entries(weightsOf(graph)),
  ...graph.nodes.flatMap((node) => bodiesOf(node).flatMap(allWeights)),
];

const hasNaN = ({ nonFinite }: ValueReport): boolean => Number.isNaN(nonFinite?.value);

const reportsOf = (names: readonly string[], lookup: Read): readonly ValueReport[] =>
  names.flatMap((name) => {
    const tensor = lookup(name);
    return tensor ? [report(name, tensor)] : [];
  });

function report(name: string, { shape, data }: Tensor): ValueReport {
  let [smallest, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const each of data) {
    if (!Number.isFinite(each)) continue;
    smallest = Math.min(smallest, each);
    largest = Math.max(largest, each);
  }
  const firstNaN = data.findIndex(Number.isNaN);
  const at = firstNaN < 0 ? firstNotFinite(data) : firstNaN;
  return {
    name,
    shape,
    range: smallest <= largest ? [smallest, largest] : null,
    nonFinite: at < 0 ? null : { at, value: data[at] as number },
  };
}

/** A report for people: the operator, its place, its inputs and its result. */
export function describeNonFinite({ operator, inputs, output, scans }: NonFinite): string {
  const place = scans.map(({ name, step }) => ` in step ${step} of ${name}`).join('');
  const title = operator ? `${operator.op} ${operator.name}${place}` : 'An input or weight of the program';
  return [
    `${title} is the first value that is not finite:`,
    ...inputs.map((each) => `  input  ${line(each)}`),
    `  ${operator ? 'output' : 'value '} ${line(output)}`,
  ].join('\n');
}

function line({ name, shape, range, nonFinite }: ValueReport): string {
  const numbers = range ? `${range[0]} … ${range[1]}` : 'no finite number';
  const first = nonFinite ? `, ${nonFinite.value} at position ${nonFinite.at}` : '';
  return `${name} [${shape.join(', ')}]: ${numbers}${first}`;
}
