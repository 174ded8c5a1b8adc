import { opsetOf } from '../../graph/import/import-graph.ts';
import { input } from '../../graph/ops/index.ts';
import { newModel } from '../../onnx/encode.ts';
import { bodiesOf, type OnnxInitializer, type OnnxModel, type OnnxNode } from '../../onnx/model.ts';
import { dataTypes } from '../../onnx/schema.ts';
import { storedTypes } from '../../onnx/typed-values.ts';
import { ALLOWED_OPERATORS } from '../../package/allowed-operators.ts';
import { sampleInputs } from './checks/sample-inputs.ts';
import type { Tap } from './find-features.ts';
import { isChannelsLast, type ModelInput, type ModelInputs } from './find-inputs.ts';
import type { ImportOptions, ImportReport, RunForeign } from './options.ts';
import { type Pooling, poolingOf } from './pooling.ts';
import { invalidModel } from './read-model.ts';

/** The program of an encoder, and what was found on the way. */
export interface Embedding {
  readonly form: ImportReport['form'];
  /** embed(inputs [B, …]) → features [B, d], with its weights inside. */
  readonly embed: OnnxModel;
  readonly size: number;
  readonly pooling: Pooling;
  /** Number of ids that may be asked for. */
  readonly vocabulary: number;
  readonly operators: ReadonlyMap<string, number>;
}

const VOCABULARY = 16;

interface Given {
  /** The part that the features depend on, with its values inside. */
  readonly model: OnnxModel;
  /** The same as the bytes of a file. */
  readonly original: Uint8Array;
  readonly tap: Tap;
  readonly inputs: ModelInputs;
  readonly options: ImportOptions;
  readonly run: RunForeign;
}

/**
 * The nodes of the model as they are, cut at its features, between the inputs and the pooling of an encoder. Rows may depend
 * on each other: the comparison of a batch with single examples must show this.
 *
 * @throws InnerloopError `invalid_package` for an operator that an encoder may not have
 */
export async function frozen({ model, original, tap, inputs, options, run }: Given): Promise<Embedding> {
  const { tensor } = tap;
  const { nodes, initializers } = ofFile(model);
  for (const { opType, domain } of nodes)
    if (!ALLOWED_OPERATORS.has(opType) || domain !== '')
      throw invalidModel(
        'operators that an encoder may have',
        domain === '' ? opType : `${domain}.${opType}`,
      );
  const sample = sampleInputs(inputs.inputs, VOCABULARY, 1);
  const [ran] = await run(original, [sample], [tensor]);
  const found = ran?.[tensor];
  if (found?.type !== 'float32')
    throw invalidModel(`features of float32 at ${tensor}`, found?.type ?? 'none');
  const mask = inputs.own.find(({ attributes }) => attributes.name === 'mask');
  const pooling = poolingOf(input('features', found.shape), mask, options.pooling);
  const size = found.shape
    .filter((_, axis) => axis > 0 && !pooling.axes.includes(axis))
    .reduce((a, b) => a * b, 1);
  const before = inputs.inputs.map(entering);
  const opset = opsetOf(model);
  const after = leaving(renamed(tensor), pooling, found.shape, opset);
  const operators = new Map<string, number>();
  for (const { opType } of nodes) operators.set(opType, (operators.get(opType) ?? 0) + 1);
  const embed = {
    ...newModel({
      name: 'embed',
      nodes: [...before.flatMap((each) => each.nodes), ...nodes, ...after.nodes],
      initializers: [...initializers, ...before.flatMap((each) => each.initializers), ...after.initializers],
      inputs: inputs.manifest.map(({ name, shape, dtype = 'float32' }) => ({
        name,
        elementType: dataTypes[dtype],
        shape: ['B', ...shape],
      })),
      outputs: [{ name: 'features', elementType: dataTypes.float32, shape: ['B', size] }],
      sparseInitializers: 0,
    }),
    opsets: [{ domain: '', version: opset }],
  };
  return { form: 'frozen', embed, size, pooling, vocabulary: VOCABULARY, operators };
}

/** Every tensor of the file gets this prefix, so that none has the name of one of the encoder's own. */
const renamed = (name: string): string => (name === '' ? '' : `of-file/${name}`);

/** The nodes and the constants, as initializers. @throws InnerloopError for a graph within a node */
function ofFile(model: OnnxModel): Part {
  const nodes: OnnxNode[] = [];
  const constants: OnnxInitializer[] = [];
  for (const node of model.nodes) {
    const { opType, attributes, inputs, outputs } = node;
    if (bodiesOf(node).length > 0) throw invalidModel('a graph without graphs in its nodes', opType);
    const value = attributes.find(({ name }) => name === 'value');
    if (opType === 'Constant' && value?.type === 'tensor')
      constants.push({ ...value.value, name: outputs[0] ?? '' });
    else
      nodes.push({
        ...node,
        domain: node.domain === 'ai.onnx' ? '' : node.domain,
        inputs: inputs.map(renamed),
        outputs: outputs.map(renamed),
      });
  }
  const all = [...constants, ...model.initializers];
  return { nodes, initializers: all.map((each) => ({ ...each, name: renamed(each.name) })) };
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
  const own = NAMES[role] ?? role;
  const moved = `${own}/moved`;
  const cast = (from: string) =>
    plain('Cast', [from], renamed(name), [{ name: 'to', type: 'int', value: storedTypes[type] }]);
  if (role === 'image' && isChannelsLast(shape)) {
    const perm = { name: 'perm', type: 'ints', value: [0, 2, 3, 1] } as const;
    return { nodes: [plain('Transpose', [own], moved, [perm]), cast(moved)], initializers: [] };
  }
  if (role !== 'samples') return { nodes: [cast(own)], initializers: [] };
  const target = list('length', [-1, ...shape.slice(1)]);
  return { nodes: [plain('Reshape', [own, target.name], moved), cast(moved)], initializers: [target] };
}

/** From opset 18 on, the axes of a mean are an operand. */
const AXES_AS_OPERAND = 18;

/** From the tensor, of this shape for one example, to features [B, d]. */
function leaving(tensor: string, pooling: Pooling, from: readonly number[], opset: number): Part {
  const { axes, isFirst, isMasked } = pooling;
  const size = from.filter((_, axis) => axis > 0 && !axes.includes(axis)).reduce((a, b) => a * b, 1);
  const shape = list('shape', [-1, size]);
  const [mean, over] = ['mean', list('axes', axes)];
  const flat = (from: string) => plain('Reshape', [from, shape.name], 'features');
  if (axes.length === 0) return { nodes: [flat(tensor)], initializers: [shape] };
  if (isFirst) {
    const axis = { name: 'axis', type: 'int', value: 1 } as const;
    return {
      nodes: [plain('Gather', [tensor, 'first'], mean, [axis]), flat(mean)],
      initializers: [shape, list('first', [0])],
    };
  }
  if (isMasked) return maskedMean(tensor, Number(from[1]), flat, shape);
  const isOperand = opset >= AXES_AS_OPERAND;
  const averaged = plain('ReduceMean', isOperand ? [tensor, over.name] : [tensor], mean, [
    ...(isOperand ? [] : [{ name: 'axes', type: 'ints', value: axes } as const]),
    { name: 'keepdims', type: 'int', value: 0 },
  ]);
  return { nodes: [averaged, flat(mean)], initializers: [shape, ...(isOperand ? [over] : [])] };
}

/** The mean over the tokens that the input `mask` marks: mask [B, 1, T] · tokens [B, T, d], divided by their number. */
function maskedMean(
  tensor: string,
  tokens: number,
  flat: (from: string) => OnnxNode,
  shape: OnnxInitializer,
): Part {
  const row = list('row', [-1, 1, tokens]);
  const floats = (name: string, dims: readonly number[], numbers: Float32Array): OnnxInitializer => ({
    ...row,
    name,
    dims,
    dataType: dataTypes.float32,
    raw: new Uint8Array(numbers.buffer),
  });
  const to = { name: 'to', type: 'int', value: dataTypes.float32 } as const;
  return {
    nodes: [
      plain('Reshape', ['mask', row.name], 'mask/row'),
      plain('Cast', ['mask/row'], 'mask/float', [to]),
      plain('MatMul', ['mask/float', tensor], 'sum'),
      plain('MatMul', ['mask/float', 'ones'], 'count'),
      plain('Add', ['count', 'least'], 'count/positive'),
      plain('Div', ['sum', 'count/positive'], 'mean'),
      flat('mean'),
    ],
    initializers: [
      shape,
      row,
      floats('ones', [tokens, 1], new Float32Array(tokens).fill(1)),
      floats('least', [], Float32Array.of(1e-9)),
    ],
  };
}
