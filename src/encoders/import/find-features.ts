import type { OnnxModel, OnnxNode } from '../../onnx/model.ts';
import { invalidModel } from './read-model.ts';

/** Which tensor of a model are the features, and why. */
export interface Tap {
  readonly tensor: string;
  readonly reason: string;
}

/** Operators behind the last layer of a classifier: they turn its numbers into probabilities, or only move them. */
const PROBABILITIES: ReadonlySet<string> = new Set(['Softmax', 'LogSoftmax', 'Sigmoid']);
const MOVING: ReadonlySet<string> = new Set([
  'Identity',
  'Cast',
  'Dropout',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'QuantizeLinear',
  'DequantizeLinear',
]);
const POOLING: ReadonlySet<string> = new Set(['GlobalAveragePool', 'AveragePool', 'ReduceMean', 'Relu']);

const FEATURE_NAME = /feature|embed|hidden|pool|vector|repr|token|encod|sentence/i;
/** Outputs of exporters, the most useful first. */
const PREFERRED = [
  /image_embeds|text_embeds|sentence_embedding|^embeddings?$/i,
  /pooler_output|^pooled/i,
  /last_hidden_state|token_embeddings/i,
];

/** The tensor that `layer` names: a tensor, or the first result of a node. @throws InnerloopError `invalid_request` */
function namedTap(model: OnnxModel, layer: string): Tap {
  const node = model.nodes.find(({ name, outputs }) => name === layer || outputs.includes(layer));
  const tensor = node?.outputs.includes(layer) ? layer : node?.outputs[0];
  if (tensor) return { tensor, reason: 'named' };
  const last = model.nodes.slice(-5).map(({ name, outputs }) => name || outputs[0]);
  throw invalidModel(`--layer to name a tensor or node, such as ${last.join(', ')}`, layer);
}

/**
 * The features of a model: the input of its last classifier, or the output of the model if it does not come from a classifier.
 * A classifier is a product with constant weights before a softmax, or one with a bias that gives an output [1, classes] that
 * is not called features.
 */
export function tapOf(model: OnnxModel, layer?: string): Tap {
  if (layer !== undefined) return namedTap(model, layer);
  const names = model.outputs.map(({ name }) => name);
  const preferred = PREFERRED.map((pattern) => names.find((name) => pattern.test(name))).find(
    (name) => name !== undefined,
  );
  const [first] = names;
  const output = preferred ?? first;
  if (output === undefined) throw invalidModel('an output', 'none');
  const classifier = preferred === undefined ? classifierBefore(model, output) : null;
  return classifier ?? { tensor: output, reason: 'output of the model' };
}

function classifierBefore(model: OnnxModel, output: string): Tap | null {
  const producers = new Map<string, OnnxNode>();
  for (const node of model.nodes) for (const name of node.outputs) producers.set(name, node);
  const constants = new Set(model.initializers.map(({ name }) => name));
  // Remember each name: a chain of nodes can have very many paths to one name.
  const known = new Map<string, boolean>();
  const isConstant = (name: string | undefined, depth = 0): boolean => {
    if (name === undefined) return false;
    const before = known.get(name);
    if (before !== undefined) return before;
    const node = producers.get(name);
    const isSource = node?.opType === 'Constant' || node?.opType === 'ConstantOfShape' || constants.has(name);
    const isMade = !isSource && node !== undefined && depth < 8 && node.inputs.length > 0;
    const found = isSource || (isMade && node.inputs.every((each) => isConstant(each, depth + 1)));
    known.set(name, found);
    return found;
  };
  let [name, isProbability, hasBias] = [output, false, false];
  for (let steps = 0; steps < 32; steps++) {
    const node = producers.get(name);
    if (!node) return null;
    const [x = '', y = ''] = node.inputs;
    const { opType } = node;
    if (PROBABILITIES.has(opType)) isProbability = true;
    else if (opType === 'Div' && producers.get(x)?.opType === 'Exp') isProbability = true;
    // The scales of a product in 8 bits.
    else if (opType === 'Mul' && producers.get(producers.get(x)?.inputs[0] ?? '')?.opType === 'MatMulInteger')
      hasBias = hasBias && !FEATURE_NAME.test(output);
    else if (opType === 'MatMulInteger') {
      const { opType: stored, inputs: [real = ''] = [] } = producers.get(x) ?? {};
      if (stored !== 'DynamicQuantizeLinear' || !isConstant(y) || !(isProbability || hasBias)) return null;
      return { tensor: real, reason: `input of the classifier ${node.name || node.outputs[0]}` };
    } else if (opType === 'Gemm' || opType === 'MatMul' || opType === 'Conv') {
      if (!isConstant(y)) return null;
      const isBiased = hasBias || (node.inputs.length > 2 && opType !== 'MatMul');
      const isHead = isProbability || (isBiased && opType !== 'Conv' && !FEATURE_NAME.test(output));
      return isHead ? { tensor: x, reason: `input of the classifier ${node.name || node.outputs[0]}` } : null;
    } else if (opType === 'Add' && isConstant(y)) hasBias = true;
    else if (opType === 'Add' && isConstant(x)) {
      hasBias = true;
      name = y;
      continue;
    } else if (
      !(MOVING.has(opType) || (isProbability && (POOLING.has(opType) || ['Exp', 'Sub'].includes(opType))))
    )
      return null;
    name = x;
  }
  return null;
}
