import { InnerloopError } from '../errors.ts';
import { decodeModel } from '../onnx/decode.ts';
import {
  bodiesOf,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxValueInfo,
} from '../onnx/model.ts';
import { dataTypes } from '../onnx/schema.ts';
import { structureBytes } from '../onnx/structure.ts';
import { sizeOf } from '../tensor.ts';
import { allocationProblem } from './allocation.ts';
import { ALLOWED_OPERATORS } from './allowed-operators.ts';
import type { Signature } from './signatures.ts';

/** Size limit of a program without the values of its weights. The bundled programs use at most a twentieth of it. */
const MAX_STRUCTURE_BYTES = 2 ** 20;

function decode(file: string, bytes: Uint8Array): OnnxModel {
  const structure = parsed(file, () => structureBytes(bytes));
  if (structure > MAX_STRUCTURE_BYTES)
    throw invalid(file, '', `at most ${MAX_STRUCTURE_BYTES} bytes beside the values of weights`, structure);
  return parsed(file, () => decodeModel(bytes));
}

function parsed<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new InnerloopError('invalid_package', `${file}: expected an ONNX model, got other bytes`, {
      cause,
    });
  }
}

/** The one file that holds the values of large initializers. */
export interface WeightsFile {
  readonly name: string;
  readonly bytes: number;
}

/**
 * Checks that a program has this signature and uses only arithmetic, and answers it. Without `weights` all values must be
 * in the program.
 * @throws InnerloopError `invalid_package`
 */
export function verifyProgram(
  file: string,
  bytes: Uint8Array,
  signature: Signature,
  weights: WeightsFile | null = null,
): OnnxModel {
  const model = decode(file, bytes);
  verifyContent(file, model, weights);
  verifySignature(file, model, signature);
  return model;
}

function verifyContent(file: string, model: OnnxModel, weights: WeightsFile | null): void {
  refuse(file, { functions: model.functions, 'training info': model.trainingInfos });
  if (weights) verifyWeights(file, model, weights);
  verifyGraph(file, model, 0, weights !== null);
  const problem = allocationProblem(model);
  if (problem) throw invalid(file, '', problem.expected, problem.got);
  const domains = model.opsets.map(({ domain }) => domain);
  if (domains.some((domain) => domain !== ''))
    throw invalid(file, '', 'the default domain', domains.join(', '));
}

/** External values are float32 tensors in the one file: the runtime would open any file that a model names. */
function verifyWeights(file: string, { initializers }: OnnxModel, { name, bytes }: WeightsFile): void {
  for (const { name: of, dims, dataType, external, raw } of initializers) {
    if (!external) continue;
    const { location, offset = Number.NaN, length = Number.NaN } = external;
    if (location !== name) throw invalid(file, '', `external values in ${name}`, JSON.stringify(location));
    const expected = `${of} as float32 [${dims}] within the ${bytes} bytes of ${name}`;
    const isWithin = Number.isSafeInteger(offset) && offset >= 0 && offset + length <= bytes;
    if (dataType !== dataTypes.float32 || raw.length > 0 || length !== 4 * sizeOf(dims) || !isWithin)
      throw invalid(file, '', expected, `type ${dataType}, ${length} bytes from ${offset}`);
  }
}

/** A scan may not contain another scan: nested scans multiply the work, and a run cannot be stopped. */
const MAX_SCAN_DEPTH = 1;

/** Checks a graph and, by the same rules, the bodies of its scans. */
function verifyGraph(
  file: string,
  { nodes, initializers, sparseInitializers, outputs }: OnnxGraph,
  depth: number,
  mayBeExternal: boolean,
): void {
  if (depth > 0) verifyResults(file, nodes, outputs);
  refuse(file, {
    'sparse initializers': sparseInitializers,
    'external data': mayBeExternal ? 0 : initializers.filter(({ external }) => external).length,
    'nested graphs or tensors': nodes.filter(({ opType, attributes }) =>
      attributes.some((each) => isNested(opType, each)),
    ).length,
    'attributes whose content is not of the type that they state': nodes.filter(({ attributes }) =>
      attributes.some(({ type }) => type === 'unsupported'),
    ).length,
  });
  for (const node of nodes) {
    const { opType, domain } = node;
    if (domain !== '' || !ALLOWED_OPERATORS.has(opType))
      throw invalid(
        file,
        '',
        'standard arithmetic operators',
        domain === '' ? opType : `${domain}.${opType}`,
      );
    const bodies = bodiesOf(node);
    if (bodies.length > 0 && depth === MAX_SCAN_DEPTH)
      throw invalid(file, '', `scans within each other at most ${MAX_SCAN_DEPTH} deep`, 'more');
    for (const body of bodies) verifyGraph(file, body, depth + 1, false);
  }
}

/**
 * Each output of a scan's body must be an output of one of its nodes, and must be listed once. If a body returns one of
 * its own inputs, the runtime returns uninitialised memory, which may hold the data of another run.
 */
function verifyResults(file: string, nodes: readonly OnnxNode[], outputs: OnnxGraph['outputs']): void {
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const names = outputs.map(({ name }) => name);
  const wrong = names.find((name, i) => !made.has(name) || names.indexOf(name) !== i);
  if (wrong !== undefined)
    throw invalid(file, '', 'each output of a body to be the output of one of its nodes, once', wrong);
}

/**
 * Fields of an attribute that can contain graphs or tensors. Among our operators only Scan has such an attribute, its
 * body.
 */
const NESTED: ReadonlySet<string> = new Set([
  'g',
  't',
  'graphs',
  'tensors',
  'sparse_tensor',
  'sparse_tensors',
]);

function isNested(opType: string, attribute: OnnxAttribute): boolean {
  if (attribute.type === 'unsupported') return attribute.fields.some((field) => NESTED.has(field));
  if (attribute.type === 'tensor') return true;
  return attribute.type === 'graph' && (opType !== 'Scan' || attribute.name !== 'body');
}

function refuse(file: string, counts: Readonly<Record<string, number>>): void {
  for (const [what, count] of Object.entries(counts))
    if (count > 0) throw invalid(file, '', `no ${what}`, count);
}

function verifySignature(file: string, model: OnnxModel, expected: Signature): void {
  for (const side of ['inputs', 'outputs'] as const) {
    const [want, got] = [expected[side], model[side]];
    if (exactly(want) !== exactly(got)) throw invalid(file, side, written(want), written(got));
  }
}

type Ports = readonly (Pick<OnnxValueInfo, 'name' | 'shape'> & Partial<OnnxValueInfo>)[];

/**
 * A form that can be compared. The order does not matter, because values are passed by name. JSON keeps unusual names
 * distinct.
 */
const exactly = (ports: Ports): string =>
  JSON.stringify(
    ports.map(({ name, shape, elementType = 1 }) => JSON.stringify([name, shape, elementType])).sort(),
  );

/** `x [B, 1, 28, 28]; …` in name order. */
function written(values: Ports): string {
  const lines = values.map(({ name, shape, elementType }) => {
    const type = elementType === undefined || elementType === 1 ? '' : ` of element type ${elementType}`;
    return `${name} [${shape.join(', ')}]${type}`;
  });
  return lines.sort().join('; ');
}

export function invalid(file: string, field: string, expected: unknown, got: unknown): InnerloopError {
  const details = { expected: String(expected), got: String(got) };
  const pointer = field.startsWith('/') ? { pointer: field } : {};
  const message = `${[file, field].join(' ').trim()}: expected ${details.expected}, got ${details.got}`;
  return new InnerloopError('invalid_package', message, { ...details, ...pointer });
}
