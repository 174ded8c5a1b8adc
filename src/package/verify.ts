import { InnerloopError } from '../errors.ts';
import {
  decodeModel,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxValueInfo,
} from '../graph/onnx/decode.ts';
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

function decode(file: string, bytes: Uint8Array): OnnxModel {
  try {
    return decodeModel(bytes);
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

/** A scan may hold a scan, and that one no other: work grows with the power of the depth. */
const DEEPEST = 2;

/** The body of a scan may be, and is checked like, the graph around it. */
function verifyGraph(
  file: string,
  { nodes, initializers, sparseInitializers }: OnnxGraph,
  depth: number,
): void {
  refuse(file, {
    'sparse initializers': sparseInitializers,
    'external data': initializers.filter(({ external }) => external).length,
    'nested graphs or tensors': nodes.filter((node) => !isFlat(node)).length,
  });
  for (const { opType, domain, attributes } of nodes) {
    if (domain !== '' || !ALLOWED_OPERATORS.has(opType))
      throw invalid(
        file,
        '',
        'standard arithmetic operators',
        domain === '' ? opType : `${domain}.${opType}`,
      );
    const bodies = attributes.flatMap(({ graph }) => (graph ? [graph] : []));
    if (bodies.length > 0 && depth === DEEPEST)
      throw invalid(file, '', `scans within each other at most ${DEEPEST} deep`, 'more');
    for (const body of bodies) verifyGraph(file, body, depth + 1);
  }
}

/** Holds nothing but, if it is a scan, its body. */
function isFlat({ opType, attributes }: OnnxNode): boolean {
  return attributes.every(
    ({ name, graph, nested }) => !nested && (!graph || (opType === 'Scan' && name === 'body')),
  );
}

function refuse(file: string, counts: Readonly<Record<string, number>>): void {
  for (const [what, count] of Object.entries(counts))
    if (count > 0) throw invalid(file, '', `no ${what}`, count);
}

function verifySignature(file: string, model: OnnxModel, expected: Signature): void {
  const [want, got] = [written(expected.inputs), written(model.inputs)];
  if (want !== got) throw invalid(file, 'inputs', want, got);
  const [wantOutputs, gotOutputs] = [written(expected.outputs), written(model.outputs)];
  if (wantOutputs !== gotOutputs) throw invalid(file, 'outputs', wantOutputs, gotOutputs);
}

/** `x [B, 1, 28, 28], …` in name order: values are passed by name. */
function written(
  values: readonly (Pick<OnnxValueInfo, 'name' | 'shape'> & Partial<OnnxValueInfo>)[],
): string {
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
