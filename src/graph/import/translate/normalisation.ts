import {
  add,
  div,
  equal,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  mul,
  reduceL1,
  reduceL2,
  reduceMean,
  reshape,
  sqrt,
  sub,
  where,
} from '../../ops/index.ts';
import type { Value } from '../../value.ts';
import { allocate, asValue, isFolded } from '../folded.ts';
import type { OperatorNode } from '../operator-node.ts';
import { refuse, Unreadable } from '../refusal.ts';
import type { Translations } from './translation.ts';

/** A vector over channels as [1, c, 1, …], which broadcasts to x of this rank. */
const perChannel = (vector: Value, rank: number): Value =>
  reshape(vector, [1, ...vector.shape, ...Array<number>(Math.max(0, rank - 2)).fill(1)]);

/** (x − μ) / √(σ² + ε) · γ + β of constants is one factor and one addend for each channel. */
function batchNorm(node: OperatorNode): Value {
  // Before opset 14 further outputs, not an attribute, ask for the statistics of the batch.
  const isOfBatch = node.opset < 14 ? node.outputs > 1 : node.int('training_mode', 0) === 1;
  // In a batch of one example, batch norm is instance norm. Some networks normalise their weights in this way.
  if (isOfBatch && node.shape(0)[0] === 1 && node.rank > 2) return instanceNormed(node);
  if (isOfBatch || node.int('spatial', 1) !== 1)
    throw new Unreadable(`${node.label}: expected given statistics for each channel`);
  const parameters = [1, 2, 3, 4].map((i) => node.entry(i));
  const [scale, bias, mean, variance] = parameters.map((each) => (isFolded(each) ? each : null));
  const x = node.value(0);
  const channels = node.shape(0)[1] ?? 0;
  if (!scale || !bias || !mean || !variance)
    throw new Unreadable(`${node.label}: expected constant parameters, got computed ones`);
  const wrong = [scale, bias, mean, variance].find(({ data }) => data.length !== channels);
  if (wrong) throw refuse(`${channels} parameters of ${node.label}`, wrong.data.length);
  const epsilon = node.float('epsilon', 1e-5);
  const factor = allocate(node.budget, 'float32', [channels], node.label);
  const addend = allocate(node.budget, 'float32', [channels], node.label);
  for (let c = 0; c < channels; c++) {
    const each = (scale.data[c] ?? 0) / Math.sqrt((variance.data[c] ?? 0) + epsilon);
    factor.data[c] = each;
    addend.data[c] = (bias.data[c] ?? 0) - (mean.data[c] ?? 0) * each;
  }
  const named = (vector: typeof factor, name: string | undefined) =>
    asValue(name === undefined ? vector : { ...vector, name });
  const rank = node.rank;
  return add(mul(x, perChannel(named(factor, scale.name), rank)), perChannel(named(addend, bias.name), rank));
}

function instanceNormed(node: OperatorNode): Value {
  const options = { epsilon: node.float('epsilon', 1e-5) };
  return instanceNorm(node.value(0), node.value(1), node.value(2), options);
}

function layerNormed(node: OperatorNode): Value {
  const options = { axis: node.axis(node.int('axis', -1)), epsilon: node.float('epsilon', 1e-5) };
  return layerNorm(node.value(0), node.value(1), node.optional(2), options);
}

/** x divided by its root mean square over the axes from `axis` on, times a scale. */
export function rmsNormalised(x: Value, scale: Value, epsilon: number, axis = x.shape.length - 1): Value {
  const axes = x.shape.map((_, i) => i).slice(axis);
  const mean = reduceMean(mul(x, x), axes, { keepdims: true });
  return mul(div(x, sqrt(add(mean, epsilon))), scale);
}

const rmsNorm = (node: OperatorNode): Value =>
  rmsNormalised(node.value(0), node.value(1), node.float('epsilon', 1e-5), node.axis(node.int('axis', -1)));

function groupNormed(node: OperatorNode): Value {
  const channels = node.shape(0)[1];
  // Before opset 21 the parameters were those of groups.
  if (node.shape(1)[0] !== channels || node.shape(2)[0] !== channels)
    throw new Unreadable(`${node.label}: expected ${channels} parameters, got [${node.shape(1)}]`);
  const options = { epsilon: node.float('epsilon', 1e-5) };
  return groupNorm(node.value(0), node.value(1), node.value(2), node.int('num_groups', 1), options);
}

/** (x − μ) / √σ² over axes, with ONNX Runtime's ε. */
function meanVariance(node: OperatorNode): Value {
  const x = node.value(0);
  const axes = node.axes(node.ints('axes') ?? [0, 2, 3]);
  const centred = sub(x, reduceMean(x, axes, { keepdims: true }));
  const variance = reduceMean(mul(centred, centred), axes, { keepdims: true });
  return div(centred, sqrt(add(variance, 1e-9)));
}

const localResponse = (node: OperatorNode): Value =>
  localResponseNorm(node.value(0), node.int('size', 1), {
    alpha: node.float('alpha', 1e-4),
    beta: node.float('beta', 0.75),
    bias: node.float('bias', 1),
  });

/** x divided by its length along an axis. */
function lpNorm(node: OperatorNode): Value {
  const x = node.value(0);
  const axis = node.axis(node.int('axis', -1));
  const p = node.int('p', 2);
  if (p !== 1 && p !== 2) throw new Unreadable(`${node.label}: expected p to be 1 or 2, got ${p}`);
  const length = (p === 1 ? reduceL1 : reduceL2)(x, [axis], { keepdims: true });
  // Zeros stay zeros.
  return div(x, where(equal(length, 0), 1, length));
}

export const normalisation: Translations = {
  BatchNormalization: batchNorm,
  InstanceNormalization: instanceNormed,
  LayerNormalization: layerNormed,
  RMSNormalization: rmsNorm,
  // As ONNX Runtime writes it among the standard operators.
  SimplifiedLayerNormalization: rmsNorm,
  MeanVarianceNormalization: meanVariance,
  GroupNormalization: groupNormed,
  LRN: localResponse,
  LpNormalization: lpNorm,
};
