import { add, concat, div, mul, reduceMean, reshape, slice, sqrt, sub } from '../../ops/index.ts';
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
  const parameters = [1, 2, 3, 4].map((i) => node.entry(i));
  const [scale, bias, mean, variance] = parameters.map((each) => (isFolded(each) ? each : null));
  const x = node.value(0);
  const channels = node.shape(0)[1] ?? 0;
  if (!scale || !bias || !mean || !variance)
    throw new Unreadable(`${node.label}: expected constant parameters, got computed ones`);
  if (node.int('training_mode', 0) === 1)
    throw new Unreadable(`${node.label}: expected the statistics of training, got those of the batch`);
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

/** (x − mean) / √(variance + ε) over `axes`. */
export function standardised(x: Value, axes: readonly number[], epsilon: number): Value {
  const centred = sub(x, reduceMean(x, axes, { keepdims: true }));
  const variance = reduceMean(mul(centred, centred), axes, { keepdims: true });
  return div(centred, sqrt(add(variance, epsilon)));
}

function instanceNorm(node: OperatorNode): Value {
  const rank = node.rank;
  const spatial = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  const y = standardised(node.value(0), spatial, node.float('epsilon', 1e-5));
  return add(mul(y, perChannel(node.value(1), rank)), perChannel(node.value(2), rank));
}

/** Over the axes from `axis` on. */
function layerNorm(node: OperatorNode): Value {
  const axis = node.axis(node.int('axis', -1));
  const axes = node
    .shape(0)
    .map((_, i) => i)
    .slice(axis);
  const scaled = mul(standardised(node.value(0), axes, node.float('epsilon', 1e-5)), node.value(1));
  const shift = node.optional(2);
  return shift ? add(scaled, shift) : scaled;
}

/** x divided by its root mean square over the axes from `axis` on. */
function rmsNorm(node: OperatorNode): Value {
  const x = node.value(0);
  const axes = node
    .shape(0)
    .map((_, i) => i)
    .slice(node.axis(node.int('axis', -1)));
  const mean = reduceMean(mul(x, x), axes, { keepdims: true });
  return mul(div(x, sqrt(add(mean, node.float('epsilon', 1e-5)))), node.value(1));
}

/** Channels in groups, each standardised over its channels and pixels. */
function groupNorm(node: OperatorNode): Value {
  const [n = 1, c = 1, ...size] = node.shape(0);
  const groups = node.int('num_groups', 1);
  const parts = reshape(node.value(0), [n, groups, (c / groups) * size.reduce((a, b) => a * b, 1)]);
  const y = reshape(standardised(parts, [2], node.float('epsilon', 1e-5)), [n, c, ...size]);
  const channelwise = (i: number) => {
    const vector = node.value(i);
    if (vector.shape[0] === c) return perChannel(vector, node.rank);
    throw new Unreadable(`${node.label}: expected ${c} parameters, got [${vector.shape}]`);
  };
  return add(mul(y, channelwise(1)), channelwise(2));
}

/** x / (bias + α/size · Σ x² over neighbouring channels)^β, where β is a multiple of ¼. */
function localResponse(node: OperatorNode): Value {
  const x = node.value(0);
  const channels = node.shape(0)[1] ?? 0;
  const size = node.int('size', 1);
  const [alpha, beta, bias] = [node.float('alpha', 1e-4), node.float('beta', 0.75), node.float('bias', 1)];
  const square = mul(x, x);
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const zeros = (count: number) =>
    mul(0, slice(square, [{ axis: 1, start: 0, end: Math.min(count, channels) }]));
  if (size > channels)
    throw new Unreadable(`${node.label}: expected at most ${channels} neighbours, got ${size}`);
  const around = [...(before > 0 ? [zeros(before)] : []), square, ...(after > 0 ? [zeros(after)] : [])];
  const padded = concat(around, 1);
  const sum = Array.from({ length: size }, (_, i) =>
    slice(padded, [{ axis: 1, start: i, end: i + channels }]),
  ).reduce((a, b) => add(a, b));
  const base = add(bias, mul(alpha / size, sum));
  const quarters = 4 * beta;
  if (!Number.isInteger(Math.round(quarters * 1e5) / 1e5) || quarters < 1 || quarters > 16)
    throw new Unreadable(`${node.label}: expected beta as quarters, got ${beta}`);
  const root = sqrt(sqrt(base));
  const powers = [root, sqrt(base), mul(sqrt(base), root), base];
  const whole = Math.floor(Math.round(quarters) / 4);
  const rest = Math.round(quarters) % 4;
  const factors = [...Array<Value>(whole).fill(base), ...(rest > 0 ? [powers[rest - 1] as Value] : [])];
  return div(
    x,
    factors.reduce((a, b) => mul(a, b)),
  );
}

/** x divided by its length along an axis. */
function lpNorm(node: OperatorNode): Value {
  const x = node.value(0);
  const axis = node.axis(node.int('axis', -1));
  if (node.int('p', 2) !== 2) throw new Unreadable(`${node.label}: expected p = 2, got ${node.int('p', 2)}`);
  const [size = 1] = [node.shape(0)[axis]];
  return div(x, sqrt(mul(size, reduceMean(mul(x, x), [axis], { keepdims: true }))));
}

export const normalisation: Translations = {
  BatchNormalization: batchNorm,
  InstanceNormalization: instanceNorm,
  LayerNormalization: layerNorm,
  RMSNormalization: rmsNorm,
  GroupNormalization: groupNorm,
  LRN: localResponse,
  LpNormalization: lpNorm,
};
