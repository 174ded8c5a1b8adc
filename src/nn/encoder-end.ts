import type { Cut, CutWeight } from '../graph/cut/cut.ts';
import { constant, input, mul } from '../graph/ops/index.ts';
import { substitute } from '../graph/rewriting/rewrite.ts';
import { isOp, topologicalOrder, type Value } from '../graph/value.ts';
import { withoutUnitAxis } from '../graph/vmap/unit-axis.ts';
import { vmap } from '../graph/vmap/vmap.ts';
import { sizeOf, type Tensors } from '../tensor.ts';
import type { Encoder } from './encoder.ts';
import { type FeaturePart, features } from './features.ts';
import { type ParameterSpec, weightOf } from './parameters.ts';

/** √channels ‖w_c‖ of a weight of zeros, such as a bias before training. */
const SIZE_OF_ZEROS = 0.1;
/** Channels smaller than this part of their weight's mean size count as this large, so that they can still grow. */
const SMALLEST_CHANNEL = 0.01;

/** Before the names of the parameters of views. */
const VIEWS = 'views.';

/** A weight as parameter v and constant scale s: w = s v. */
interface ScaledWeight {
  readonly name: string;
  readonly value: Value<'Constant'>;
  readonly spec: ParameterSpec;
  readonly scale: Value;
  /** s of the i-th element. */
  readonly scaleOf: (i: number) => number;
}

/**
 * The end of an encoder as a trainable network: x [N, d], the output of its beginning → [N, features]. The views of `features`
 * follow, with adapters, scaled to `length`.
 *
 * The weight of an output channel is w_c = s_c v_c, where v is the parameter and s_c = √channels ‖w_c‖ at the start is a
 * constant. So v has length 1, and each channel has an equal part of it. A step of gradient descent then changes each channel
 * relative to its size, even if a folded batch norm has scaled the channels differently.
 *
 * @see You, Gitman & Ginsburg 2017, arXiv:1708.03888, §4 (rates relative to the size of weights, there by layer)
 */
export function encoderEnd(
  { x, end, weights }: Cut,
  { parts, length }: { readonly parts: readonly FeaturePart[]; readonly length: number },
): Encoder {
  const views = features(sizeOf(end.shape.map(Number)), parts);
  const prefixed = Object.entries(views.parameters).map(([name, spec]) => [`${VIEWS}${name}`, spec] as const);
  const names = namesOf(weights);
  const scaled = weights.map((weight, i) => scaledWeight(weight, names[i] as string));
  const places = new Map<Value, Value>(scaled.map(({ name, value }) => [value, input(name, value.shape)]));
  const [open = end] = substitute([end], places);
  return {
    inputShape: x.shape.map(Number),
    features: views.features,
    ...(views.parts && { parts: views.parts }),
    parameters: Object.fromEntries([...scaled.map(({ name, spec }) => [name, spec] as const), ...prefixed]),
    lastLayer: names.slice(-1),
    apply(params, rows) {
      const own = new Map<Value, Value>(
        scaled.map(({ name, value, scale }) => [
          places.get(value) as Value,
          mul(weightOf(params, name), scale),
        ]),
      );
      const ofViews = prefixed.map(([name]) => [name.slice(VIEWS.length), weightOf(params, name)]);
      return mul(views.apply(Object.fromEntries(ofViews), overRows(open, x, rows, own)), length);
    },
  };
}

/** `end` of one example over all rows. Weights are put in last, so that no transform takes them for constants. */
function overRows(end: Value, x: Value<'Input'>, rows: Value, weights: ReadonlyMap<Value, Value>): Value {
  const [count = 1] = rows.shape;
  const mapped = vmap([end], [x.attributes.name], count);
  if ('missing' in mapped) {
    const { op, shape } = mapped.missing;
    throw new RangeError(`Expected operators that can run on a batch, got ${op} [${shape}]`);
  }
  const slim = typeof count === 'string' ? withoutUnitAxis(mapped.values, count) : mapped.values;
  const given = new Map(weights);
  for (const each of topologicalOrder(slim))
    if (isOp(each, 'Input') && each.attributes.name === x.attributes.name) given.set(each, rows);
  return substitute(slim, given)[0] as Value;
}

/** The weights of an end as its operators read them, w = s v, from its parameters by name. */
export function endWeights({ weights }: Cut, params: Tensors) {
  const names = namesOf(weights);
  return weights.map((weight, i) => {
    const { name, value, scaleOf } = scaledWeight(weight, names[i] as string);
    const found = params[name];
    if (!found) throw new RangeError(`Expected a weight ${name}, got ${Object.keys(params).join(', ')}`);
    return { value, tensor: { shape: found.shape, data: found.data.map((v, at) => v * scaleOf(at)) } };
  });
}

function scaledWeight({ value, channels }: CutWeight, name: string): ScaledWeight {
  const shape = value.shape.map(Number);
  const data = value.attributes.data as Float32Array;
  const count = channels === null ? 1 : (shape[channels] ?? 1);
  const stride = channels === null ? data.length : sizeOf(shape.slice(channels + 1));
  const channelOf = (i: number) => Math.floor(i / stride) % count;
  const squares = new Float64Array(count);
  data.forEach((w, i) => {
    squares[channelOf(i)] = (squares[channelOf(i)] ?? 0) + w * w;
  });
  const mean = Math.sqrt(squares.reduce((sum, each) => sum + each, 0) / count);
  const least = mean === 0 ? SIZE_OF_ZEROS : SMALLEST_CHANNEL * mean * Math.sqrt(count);
  const scales = Float32Array.from(squares, (each) => Math.max(least, Math.sqrt(each * count)));
  const scaleOf = (i: number) => scales[channelOf(i)] ?? 1;
  const values = data.map((w, i) => w / scaleOf(i));
  const scale = shape.map((dim, axis) => (axis === channels ? dim : 1));
  return {
    name,
    value,
    spec: { shape, start: { values }, size: 1 / Math.sqrt(data.length) },
    scaleOf,
    scale: constant({ shape: scale, data: scales }),
  };
}

/** Names that a state may have, all different. */
function namesOf(weights: readonly CutWeight[]): readonly string[] {
  const taken = new Set<string>();
  return weights.map(({ value }, i) => {
    const own = (value.attributes.name ?? `weight${i}`).replace(/[^\w.-]+/g, '_');
    let name = /^[A-Za-z]/.test(own) ? own : `w.${own}`;
    // Names of the head, of views and of the programs' inputs.
    while (taken.has(name) || /^(head\.|views\.|x$|rate$|support_|query_)/.test(name)) name = `w${i}.${name}`;
    taken.add(name);
    return name;
  });
}
