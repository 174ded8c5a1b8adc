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
import { allocationProblem } from './allocation.ts';
import { ALLOWED_OPERATORS } from './allowed-operators.ts';
import { packageDigest, programHashes, programsDigest } from './digest.ts';
import type { Manifest, Package, ProgramName } from './manifest.ts';
import { programSignatures, type Signature } from './signatures.ts';

/** Size limit of a program that is read or written. */
export const MAX_PROGRAM_BYTES = 64 * 1024 * 1024;

/**
 * Checks that the programs have the digests, inputs and outputs that the manifest states, and that they use only
 * arithmetic. No program is loaded before this check: the runtime would open any file that a model names as external
 * data.
 * @throws InnerloopError `invalid_package`
 */
export function verifyPackage({ manifest, programs }: Package): void {
  verifySizes(programs);
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

function verifySizes(programs: Package['programs']): void {
  for (const [name, { length }] of Object.entries(programs))
    if (length > MAX_PROGRAM_BYTES)
      throw invalid(`${name}.onnx`, '', `at most ${MAX_PROGRAM_BYTES} bytes`, length);
}

function verifyDigests(
  { format, programs: stated, digest, input: { preprocessing } }: Manifest,
  programs: Package['programs'],
): void {
  const hashes = programHashes(programs);
  for (const name of ['init', 'step', 'predict'] as const) {
    if (stated[name] === hashes[name]) continue;
    throw invalid(`${name}.onnx`, '', stated[name] ?? 'no such program', hashes[name] ?? 'none');
  }
  const actual = packageDigest(hashes, preprocessing);
  // Packages from before version 0.2 may have a digest without the preprocessing. They cannot have an ink step.
  if (format === 1 && !('ink' in preprocessing) && digest === programsDigest(hashes)) return;
  if (actual !== digest) throw invalid('model.json', '/digest', actual, digest);
}

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

function verifyContent(file: string, model: OnnxModel): void {
  refuse(file, { functions: model.functions, 'training info': model.trainingInfos });
  verifyGraph(file, model, 0);
  const problem = allocationProblem(model);
  if (problem) throw invalid(file, '', problem.expected, problem.got);
  const domains = model.opsets.map(({ domain }) => domain);
  if (domains.some((domain) => domain !== ''))
    throw invalid(file, '', 'the default domain', domains.join(', '));
}

/** A scan may not contain another scan: nested scans multiply the work, and a run cannot be stopped. */
const MAX_SCAN_DEPTH = 1;

/** Checks a graph and, by the same rules, the bodies of its scans. */
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
    if (bodies.length > 0 && depth === MAX_SCAN_DEPTH)
      throw invalid(file, '', `scans within each other at most ${MAX_SCAN_DEPTH} deep`, 'more');
    for (const body of bodies) verifyGraph(file, body, depth + 1);
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

function invalid(file: string, field: string, expected: unknown, got: unknown): InnerloopError {
  const details = { expected: String(expected), got: String(got) };
  const pointer = field.startsWith('/') ? { pointer: field } : {};
  const message = `${[file, field].join(' ').trim()}: expected ${details.expected}, got ${details.got}`;
  return new InnerloopError('invalid_package', message, { ...details, ...pointer });
}
