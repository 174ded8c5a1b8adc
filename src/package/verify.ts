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
import { structureBytes } from '../onnx/structure.ts';
import { packageDigest, programHashes } from './digest.ts';
import type { Manifest, Package, ProgramName } from './manifest.ts';
import { ALLOWED_OPERATORS } from './operators.ts';
import { programSignatures, type Signature } from './signatures.ts';

/**
 * Whether the programs are those the manifest names, take and give what it says, and can do nothing but arithmetic.
 * The runtime would follow a path in a model to any file beside the process: nothing is loaded before this.
 * @throws InnerloopError `invalid_package`
 */
export function verifyPackage({ manifest, programs }: Package): void {
  verifyDigests(manifest, programs);
  if (!programs.step && manifest.inner.steps.maximum > 0) {
    throw invalid(
      'model.json',
      '/inner/steps/maximum',
      '0 without a step program',
      manifest.inner.steps.maximum,
    );
  }
  const signatures = programSignatures(manifest);
  for (const [name, bytes] of Object.entries(programs) as [ProgramName, Uint8Array][]) {
    const file = `${name}.onnx`;
    const model = decode(file, bytes);
    verifyContent(file, model);
    verifySignature(file, model, signatures[name]);
  }
}

function verifyDigests({ programs: stated, digest }: Manifest, programs: Package['programs']): void {
  const hashes = programHashes(programs);
  for (const name of ['init', 'step', 'predict'] as const) {
    if (stated[name] === hashes[name]) continue;
    throw invalid(`${name}.onnx`, '', stated[name] ?? 'no such program', hashes[name] ?? 'none');
  }
  const actual = packageDigest(hashes);
  if (actual !== digest) throw invalid('model.json', '/digest', actual, digest);
}

/** Of a program apart from its weights' values: the bundled ones take a twentieth of it at most. */
const MAX_STRUCTURE_BYTES = 2 ** 20;

function decode(file: string, bytes: Uint8Array): OnnxModel {
  const structure = understood(file, () => structureBytes(bytes));
  if (structure > MAX_STRUCTURE_BYTES)
    throw invalid(file, '', `at most ${MAX_STRUCTURE_BYTES} bytes beside the values of weights`, structure);
  return understood(file, () => decodeModel(bytes));
}

function understood<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new InnerloopError('invalid_package', `${file}: expected an ONNX model, got other bytes`, {
      cause,
    });
  }
}

function verifyContent(file: string, model: OnnxModel): void {
  refuse(file, { functions: model.functions, 'training info': model.trainingInfos });
  verifyGraph(file, model, 0);
  const domains = model.opsets.map(({ domain }) => domain);
  if (domains.some((domain) => domain !== ''))
    throw invalid(file, '', 'the default domain', domains.join(', '));
}

/** A scan holds no scan: work would grow with the power of the depth, and nothing stops a run. */
const DEEPEST = 1;

/** The body of a scan may be, and is checked like, the graph around it. */
function verifyGraph(
  file: string,
  { nodes, initializers, sparseInitializers, outputs }: OnnxGraph,
  depth: number,
): void {
  if (depth > 0) verifyResults(file, nodes, outputs);
  refuse(file, {
    'sparse initializers': sparseInitializers,
    'external data': initializers.filter(({ external }) => external).length,
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
    if (bodies.length > 0 && depth === DEEPEST)
      throw invalid(file, '', `scans within each other at most ${DEEPEST} deep`, 'more');
    for (const body of bodies) verifyGraph(file, body, depth + 1);
  }
}

/**
 * What leaves a body is made there, and leaves it once: handing through one of the body's own inputs, the runtime leaves
 * memory of whoever ran before in its place.
 */
function verifyResults(file: string, nodes: readonly OnnxNode[], outputs: OnnxGraph['outputs']): void {
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const names = outputs.map(({ name }) => name);
  const fault = names.find((name, i) => !made.has(name) || names.indexOf(name) !== i);
  if (fault !== undefined)
    throw invalid(file, '', 'each output of a body to be that of one of its nodes, once', fault);
}

/** Fields of an attribute that hold graphs or tensors. Of our operators only Scan has such an attribute: its body. */
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

/** Names and dimensions apart, whatever characters they hold; values are passed by name, in any order. */
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

function invalid(file: string, field: string, expected: unknown, got: unknown): InnerloopError {
  const details = { expected: String(expected), got: String(got) };
  const pointer = field.startsWith('/') ? { pointer: field } : {};
  const message = `${[file, field].join(' ').trim()}: expected ${details.expected}, got ${details.got}`;
  return new InnerloopError('invalid_package', message, { ...details, ...pointer });
}
