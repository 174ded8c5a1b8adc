import { InnerloopError } from '../errors.ts';
import { classOrder } from '../tasks/class-order.ts';
import type { Tensor } from '../tensor.ts';
import type { Prediction } from './service.ts';

/**
 * Rows of `y` in the caller's terms: [B, ways] logits by label, or [B, …output] values. `pointers[b]` is where errors
 * about row b point: an input far outside anything sensible overflows the network, which is the input's fault.
 */
export function toPredictions(
  y: Tensor,
  labels: Readonly<Record<string, number>> | undefined,
  pointers: readonly string[],
): readonly Prediction[] {
  const classes = labels && classOrder(Object.keys(labels));
  const [, ...shape] = y.shape;
  const size = y.data.length / pointers.length;
  return pointers.map((pointer, row) => {
    const values = y.data.subarray(row * size, (row + 1) * size);
    if (!values.every(Number.isFinite)) {
      throw new InnerloopError(
        'invalid_input',
        'The model has no finite answer to this input: its values are too large',
        {
          pointer,
          expected: 'values of the size the model was trained with',
          got: 'an answer that is not finite',
        },
      );
    }
    return classes ? classified(values, classes) : { value: nested(values, shape) };
  });
}

function classified(logits: Float32Array, classes: readonly string[]): Prediction {
  const probabilities = softmax(logits);
  const best = probabilities.indexOf(Math.max(...probabilities));
  const byLabel = Object.fromEntries(classes.map((label, i) => [label, probabilities[i] ?? 0]));
  const label = classes[best];
  return label === undefined ? { probabilities: byLabel } : { label, probabilities: byLabel };
}

/** exp(x − max) / Σ exp(x − max), in double precision: no logit is too large for it. */
export function softmax(logits: ArrayLike<number>): readonly number[] {
  const values = Array.from(logits);
  const max = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = values.map((value) => Math.exp(value - max));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** Row-major values as nested arrays of `shape`; a number for []. */
export function nested(values: Float32Array, shape: readonly number[]): unknown {
  const [first, ...rest] = shape;
  if (first === undefined) return values[0];
  const size = values.length / first;
  return Array.from({ length: first }, (_, i) => nested(values.subarray(i * size, (i + 1) * size), rest));
}
