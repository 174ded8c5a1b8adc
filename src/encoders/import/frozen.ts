import { neededNodes, opsetOf } from '../../graph/import/import-graph.ts';
import { input } from '../../graph/ops/index.ts';
import { newModel } from '../../onnx/encode.ts';
import { bodiesOf, type OnnxInitializer, type OnnxModel, type OnnxNode } from '../../onnx/model.ts';
import { dataTypes } from '../../onnx/schema.ts';
import { storedTypes } from '../../onnx/typed-values.ts';
import { ALLOWED_OPERATORS } from '../../package/allowed-operators.ts';
import type { Tap } from './features.ts';
import { isChannelsLast, type ModelInput, type ModelInputs } from './inputs.ts';
import type { ImportOptions, RunForeign } from './options.ts';
import { originalUpTo } from './original.ts';
import { type Pooling, poolingOf } from './pooling.ts';
import { externalValues, invalidModel } from './read-model.ts';
import { sampleInputs } from './sample-inputs.ts';

/** The program of an encoder, and what was found on the way. */
export interface Embedding {
  /** embed(inputs [B, …]) → features [B, d], with its weights inside. */
  readonly embed: OnnxModel;
  readonly size: number;
  readonly pooling: Pooling;
  /** Number of ids that may be asked for. */
  readonly vocabulary: number;
  readonly operators: ReadonlyMap<string, number>;
}

const VOCABULARY = 16;

/**
 * The nodes of the model as they are, cut at its features, between the inputs and the pooling of an encoder. Nothing makes
 * sure that rows are independent: comparing a batch with single examples must show it.
 *
 * @throws InnerloopError `invalid_package` for an operator that an encoder may not have
 */
export async function frozen(
  model: OnnxModel,
  { tensor }: Tap,
  inputs: ModelInputs,
  options: ImportOptions,
  run: RunForeign,
): Promise<Embedding> {
  const { nodes, initializers } = needed(model, tensor, options);
  for (const { opType, domain } of nodes)
    if (!ALLOWED_OPERATORS.has(opType) || domain !== '')
      throw invalidModel(
        'operators that an encoder may have',
        domain === '' ? opType : `${domain}.${opType}`,
      );
  const sample = sampleInputs(inputs.inputs, VOCABULARY, 1);
  const original = originalUpTo(model, tensor, inputs.inputs);
  const found = (await run(original, sample, [tensor], options.weights?.folder))[tensor];
  if (found?.type !== 'float32')
    throw invalidModel(`features of float32 at ${tensor}`, found?.type ?? 'none');
  const mask = inputs.own.find(({ attributes }) => attributes.name === 'mask');
  const pooling = poolingOf(input('features', found.shape), mask, options.pooling);
  if (pooling.isMasked || pooling.isFirst)
    throw invalidModel(
      'pooling by a mean over fixed axes, where a network is not read as values',
      pooling.words,
    );
  const size = found.shape
    .filter((_, axis) => axis > 0 && !pooling.axes.includes(axis))
    .reduce((a, b) => a * b, 1);
  const before = inputs.inputs.map(entering);
  const opset = opsetOf(model);
  const after = leaving(tensor, pooling, size, opset);
  const operators = new Map<string, number>();
  for (const { opType } of nodes) operators.set(opType, (operators.get(opType) ?? 0) + 1);
  const embed = {
    ...newModel({
      name: 'embed',
      nodes: [...before.flatMap((each) => each.nodes), ...nodes, ...after.nodes],
      initializers: [...initializers, ...before.flatMap((each) => each.initializers), ...after.initializers],
      inputs: inputs.manifest.map(({ name, shape, dtype = 'float32' }) => ({
        name: `${OWN}${name}`,
        elementType: dataTypes[dtype],
        shape: ['B', ...shape],
      })),
      outputs: [{ name: 'features', elementType: dataTypes.float32, shape: ['B', size] }],
      sparseInitializers: 0,
    }),
    opsets: [{ domain: '', version: opset }],
  };
  return { embed: withOwnNames(embed, inputs), size, pooling, vocabulary: VOCABULARY, operators };
}

/** A prefix that no tensor of a file begins with, until the names are checked. */
const OWN = 'innerloop/';

/** The encoder's inputs by the names of the manifest. A tensor of the file of such a name gets another one. */
function withOwnNames(model: OnnxModel, { manifest }: ModelInputs): OnnxModel {
  const own = new Set([...manifest.map(({ name }) => name), 'features']);
  const renamed = (name: string): string => {
    if (name.startsWith(OWN)) return name.slice(OWN.length);
    return own.has(name) ? `of-file/${name}` : name;
  };
  return {
    ...model,
    nodes: model.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    })),
    initializers: model.initializers.map((each) => ({ ...each, name: renamed(each.name) })),
    inputs: model.inputs.map((each) => ({ ...each, name: renamed(each.name) })),
  };
}

/** What the tensor depends on, with constants as initializers. @throws InnerloopError for a graph within a node */
function needed(model: OnnxModel, tensor: string, options: ImportOptions) {
  const all = neededNodes(model, new Set([tensor]));
  const wanted = new Set([tensor, ...all.flatMap(({ inputs }) => inputs)]);
  const nodes: OnnxNode[] = [];
  const initializers: OnnxInitializer[] = [];
  for (const node of all) {
    if (bodiesOf(node).length > 0) throw invalidModel('a graph without graphs in its nodes', node.opType);
    const value = node.attributes.find(({ name }) => name === 'value');
    if (node.opType === 'Constant' && value?.type === 'tensor')
      initializers.push({ ...value.value, name: node.outputs[0] ?? '' });
    else nodes.push(node.domain === 'ai.onnx' ? { ...node, domain: '' } : node);
  }
  const external = externalValues(options.weights);
  for (const each of model.initializers) {
    if (!wanted.has(each.name)) continue;
    initializers.push(each.external ? { ...each, external: null, raw: external(each) } : each);
  }
  const bytes = initializers.reduce((sum, { raw }) => sum + raw.length, 0);
  if (bytes > options.maxBytes)
    throw invalidModel(`at most ${options.maxBytes} bytes of weights (IMPORT_MAX_BYTES)`, bytes);
  return { nodes, initializers };
}

const plain = (
  opType: string,
  from: readonly string[],
  to: string,
  attributes: OnnxNode['attributes'] = [],
): OnnxNode => ({
  name: to,
  opType,
  domain: '',
  inputs: from,
  outputs: [to],
  attributes,
});

const NAMES: Readonly<Partial<Record<ModelInput['role'], string>>> = { samples: 'samples', values: 'input' };

interface Part {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
}

const list = (name: string, numbers: readonly number[]): OnnxInitializer => ({
  name,
  dims: [numbers.length],
  dataType: dataTypes.int64,
  external: null,
  raw: new Uint8Array(BigInt64Array.from(numbers, BigInt).buffer),
});

/** From an input of the encoder to one of the model. */
function entering({ name, role, type, shape }: ModelInput): Part {
  if (role === 'positions') throw invalidModel('a network of texts without positions as an input', name);
  const own = `${OWN}${NAMES[role] ?? role}`;
  const moved = `${own}/moved`;
  const cast = (from: string) =>
    plain('Cast', [from], name, [{ name: 'to', type: 'int', value: storedTypes[type] }]);
  if (role === 'image' && isChannelsLast(shape)) {
    const perm = { name: 'perm', type: 'ints', value: [0, 2, 3, 1] } as const;
    return { nodes: [plain('Transpose', [own], moved, [perm]), cast(moved)], initializers: [] };
  }
  if (role !== 'samples') return { nodes: [cast(own)], initializers: [] };
  const target = list(`${OWN}length`, [-1, ...shape.slice(1)]);
  return { nodes: [plain('Reshape', [own, target.name], moved), cast(moved)], initializers: [target] };
}

/** From opset 18 on, the axes of a mean are an operand. */
const AXES_AS_OPERAND = 18;

/** From the tensor to features [B, d]: a mean over axes. */
function leaving(tensor: string, { axes }: Pooling, size: number, opset: number): Part {
  const shape = list(`${OWN}shape`, [-1, size]);
  const [mean, over] = [`${OWN}mean`, list(`${OWN}axes`, axes)];
  const flat = (from: string) => plain('Reshape', [from, shape.name], `${OWN}features`);
  if (axes.length === 0) return { nodes: [flat(tensor)], initializers: [shape] };
  const isOperand = opset >= AXES_AS_OPERAND;
  const averaged = plain('ReduceMean', isOperand ? [tensor, over.name] : [tensor], mean, [
    ...(isOperand ? [] : [{ name: 'axes', type: 'ints', value: axes } as const]),
    { name: 'keepdims', type: 'int', value: 0 },
  ]);
  return { nodes: [averaged, flat(mean)], initializers: [shape, ...(isOperand ? [over] : [])] };
}
