import { type Dim, normalizeAxis, productOf } from '../../onnx/dim.ts';
import { type NormalisationOps, type Value, value } from '../value.ts';
import { add, mul } from './elementwise.ts';
import { constant } from './leaf.ts';
import { reshape, reshapeLike } from './movement.ts';

/** Attributes are float32, so they are rounded at once: all that is derived from them then agrees. */
const EPSILON = 1e-5;

/**
 * scale · (x − μ) / √(σ² + ε) + bias, with the mean and the variance over the axes from `axis` on, to which scale and
 * bias broadcast.
 * @see Ba, Kiros & Hinton 2016, arXiv:1607.06450
 */
export function layerNorm(
  x: Value,
  scale: Value,
  bias?: Value,
  { axis = -1, epsilon = EPSILON } = {},
): Value<'LayerNormalization'> {
  const attributes = { axis: normalizeAxis(axis, x.shape.length), epsilon: Math.fround(epsilon) };
  return value('LayerNormalization', bias ? [x, scale, bias] : [x, scale], attributes);
}

/**
 * Each channel of each example normalised over its places: x [n, c, …], scale [c], bias [c] → [n, c, …].
 * @see Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022
 */
export function instanceNorm(
  x: Value,
  scale: Value,
  bias: Value,
  { epsilon = EPSILON } = {},
): Value<'InstanceNormalization'> {
  return value('InstanceNormalization', [x, scale, bias], { epsilon: Math.fround(epsilon) });
}

/**
 * Each of `groups` groups of channels of each example normalised together: x [n, c, …], scale [c], bias [c] → [n, c, …].
 * @see Wu & He 2018, arXiv:1803.08494
 */
export function groupNorm(
  x: Value,
  scale: Value,
  bias: Value,
  groups: number,
  { epsilon = EPSILON } = {},
): Value {
  const [n, channels, ...places] = x.shape as readonly [Dim, Dim, ...Dim[]];
  if (typeof channels !== 'number' || channels % groups !== 0)
    throw new RangeError(`Expected channels that ${groups} groups share evenly, got [${x.shape}]`);
  const same = (number: number) => constant({ shape: [groups], data: new Float32Array(groups).fill(number) });
  const rows = reshape(x, [n, groups, productOf([channels / groups, ...places])]);
  const normalised = reshapeLike(instanceNorm(rows, same(1), same(0), { epsilon }), x);
  const perChannel = (each: Value) => reshape(each, [channels, ...places.map(() => 1)]);
  return add(mul(normalised, perChannel(scale)), perChannel(bias));
}

/** The moments that were measured in training, [c] each. */
interface Moments {
  readonly mean: Value;
  readonly variance: Value;
}

/**
 * scale · (x − μ) / √(σ² + ε) + bias per channel of x [n, c, …], with given moments.
 * @see Ioffe & Szegedy 2015, arXiv:1502.03167, Algorithm 2
 */
export function batchNorm(
  x: Value,
  scale: Value,
  bias: Value,
  { mean, variance }: Moments,
  { epsilon = EPSILON } = {},
): Value<'BatchNormalization'> {
  return value('BatchNormalization', [x, scale, bias, mean, variance], { epsilon: Math.fround(epsilon) });
}

/**
 * x / (bias + alpha / size · the sum of squares of `size` neighbouring channels) ^ beta: x [n, c, …].
 * @see Krizhevsky, Sutskever & Hinton 2012, ImageNet Classification with Deep Convolutional Neural Networks, 3.3
 */
export function localResponseNorm(
  x: Value,
  size: number,
  { alpha = 1e-4, beta = 0.75, bias = 1 }: Partial<Omit<NormalisationOps['LRN'], 'size'>> = {},
): Value<'LRN'> {
  if (size % 2 !== 1)
    throw new RangeError(`Expected an odd number of channels, as the runtime does, got ${size}`);
  const [a, b, c] = [alpha, beta, bias].map(Math.fround) as [number, number, number];
  return value('LRN', [x], { alpha: a, beta: b, bias: c, size });
}
