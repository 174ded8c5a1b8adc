import { elementwiseOperators, normalisationOperators, poolingOperators } from '../../graph/operators.ts';
import { add, cast, div, mul, reduceMean, reduceSum, reshape, slice } from '../../graph/ops/index.ts';
import { isOp, type OpType, type Value } from '../../graph/value.ts';
import { invalidModel } from './read-model.ts';

/** How a result [1, …] becomes one vector. Axes are those of the result. */
export interface Pooling {
  readonly words: string;
  /** Axes that are averaged. */
  readonly axes: readonly number[];
  /** Averages over tokens count those of the mask alone. */
  readonly isMasked: boolean;
  /** The first index of the axis is read instead. */
  readonly isFirst: boolean;
}

const NONE: Pooling = { words: 'none', axes: [], isMasked: false, isFirst: false };

/** Operators after which the channels of a convolution are still the same axis: activations, normalisations, pooling … */
const KEEPING: ReadonlySet<string> = new Set([
  ...Object.keys({ ...elementwiseOperators, ...poolingOperators, ...normalisationOperators }),
  ...(['Softmax', 'LogSoftmax', 'Reshape', 'Concat', 'Slice', 'Pad'] satisfies OpType[]),
]);

/** Whether x comes from a convolution through operators that keep its channels, and `axis` is that of the channels. */
function isOfConvolution(x: Value, axis = 1, depth = 0): boolean {
  if (isOp(x, 'Conv') || isOp(x, 'ConvTranspose')) return axis === 1;
  const inner = x.inputs.find((each) => !isOp(each, 'Constant'));
  if (depth === 32 || inner === undefined) return false;
  // Many exporters transpose the channels to the end and back to normalise them.
  if (isOp(x, 'Transpose')) return isOfConvolution(inner, x.attributes.perm[axis], depth + 1);
  // A Reshape is assumed to keep axis 1 and to change only the axes after it.
  if (isOp(x, 'Reshape') && axis !== 1) return false;
  return KEEPING.has(x.op) && isOfConvolution(inner, axis, depth + 1);
}

/** How the features `x` of one example are pooled. */
export function poolingOf(x: Value, mask: Value | undefined, wanted: 'mean' | 'first' | undefined): Pooling {
  const [, a = 1, b = 1, c = 1] = x.shape.map(Number);
  const rank = x.shape.length;
  if (rank <= 2) return NONE;
  if (rank === 4) {
    // [1, a, a, c] is probably rows × columns × channels: square pictures are commoner than as many channels as rows.
    const isLast = a === b && c !== b && !isOfConvolution(x);
    return { ...NONE, words: 'mean over the picture', axes: isLast ? [1, 2] : [2, 3] };
  }
  if (rank !== 3) throw invalidModel('features of at most four axes', `[${x.shape}]: choose another --layer`);
  const isChannelsFirst = !mask && isOfConvolution(x);
  if (isChannelsFirst) return { ...NONE, words: 'mean over time', axes: [2] };
  if (wanted === 'first') return { ...NONE, words: 'first token', axes: [1], isFirst: true };
  return mask
    ? { ...NONE, words: 'mean over the tokens of the text', axes: [1], isMasked: true }
    : { ...NONE, words: 'mean over all tokens', axes: [1] };
}

/** The features as one vector [d]. */
export function pooled(x: Value, { axes, isMasked, isFirst }: Pooling, mask: Value | undefined): Value {
  const flat = (y: Value) => reshape(y, [y.shape.map(Number).reduce((p, dim) => p * dim, 1)]);
  if (axes.length === 0) return flat(x);
  if (isFirst)
    return flat(
      slice(
        x,
        axes.map((axis) => ({ axis, start: 0, end: 1 })),
      ),
    );
  if (!isMasked || !mask) return flat(reduceMean(x, axes));
  const weights = reshape(cast(mask, 'float32'), [1, Number(x.shape[1]), 1]);
  return flat(div(reduceSum(mul(x, weights), [1]), add(reduceSum(weights, [1]), 1e-9)));
}

/** The same of numbers, to compare with. */
export function pooledNumbers(
  numbers: ArrayLike<number>,
  shape: readonly number[],
  { axes, isMasked, isFirst }: Pooling,
  mask: ArrayLike<number> | undefined,
): Float64Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((p, dim) => p * dim, 1));
  const kept = shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const keptStrides = kept.map((_, axis) => kept.slice(axis + 1).reduce((p, dim) => p * dim, 1));
  const sums = new Float64Array(kept.reduce((p, dim) => p * dim, 1));
  const weights = new Float64Array(sums.length);
  for (let at = 0; at < numbers.length; at++) {
    const index = shape.map((dim, axis) => Math.floor(at / (strides[axis] ?? 1)) % dim);
    const over = axes.map((axis) => index[axis] ?? 0);
    const place = index.reduce(
      (p, i, axis) => p + (axes.includes(axis) ? 0 : i * (keptStrides[axis] ?? 0)),
      0,
    );
    const weight = isFirst
      ? Number(over.every((i) => i === 0))
      : isMasked
        ? Number(mask?.[over[0] ?? 0] ?? 1)
        : 1;
    sums[place] = (sums[place] ?? 0) + weight * Number(numbers[at]);
    weights[place] = (weights[place] ?? 0) + weight;
  }
  return sums.map((sum, i) => sum / Math.max(1e-9, weights[i] ?? 1));
}
