import { InnerloopError } from '../../errors.ts';
import { firstNotFinite, type Tensor } from '../../tensor.ts';
import type { Answers, Prediction, Service } from '../service.ts';

/** Predictions for callers: labels by name, values nested. */
export function createPredict(adaptedModel: Service['adaptedModel']): Service['predict'] {
  return async (tenant, taskId, inputs, { adaptation: id, signal } = {}) => {
    const { adaptation, model, classes, decode, answer } = await adaptedModel(tenant, taskId, id);
    const { x, warnings } = await decode(inputs, signal);
    const { timings, ...answers } = await answer(x);
    const predictions = toPredictions(answers, classes).map((each, i) => ({
      ...each,
      warnings: warnings[i] ?? [],
    }));
    return { adaptation, model, predictions, timings };
  };
}

/**
 * Logits [B, ways] → probabilities [B, ways]; values [B, …output] stay as they are.
 * @throws InnerloopError `invalid_input`, with the number of the row, when the values of an input make the network overflow
 */
export function toAnswers({ shape, data }: Tensor, classes: readonly string[] | null): Answers {
  const index = firstNotFinite(data);
  if (index >= 0) {
    const row = Math.floor((index / data.length) * (shape[0] ?? 1));
    throw new InnerloopError(
      'invalid_input',
      'The model has no finite answer to this input: its values are too large',
      {
        item: row,
        expected: 'values in the range of the training data',
        got: 'an answer that is not finite',
      },
    );
  }
  return { shape, data: classes ? softmax(data, classes.length) : data };
}

/** One prediction per row of the answers. */
export function toPredictions(
  { shape: [rows = 0, ...shape], data }: Answers,
  classes: readonly string[] | null,
): readonly Prediction[] {
  const size = data.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const values = data.subarray(row * size, (row + 1) * size);
    return classes ? classification(values, classes) : { value: nested(values, shape) };
  });
}

function classification(probabilities: Answers['data'], classes: readonly string[]): Prediction {
  const byLabel = Object.fromEntries(classes.map((label, i) => [label, probabilities[i] ?? 0]));
  const label = classes[likeliest(probabilities)];
  return label === undefined ? { probabilities: byLabel } : { label, probabilities: byLabel };
}

/** Index of the largest probability; the first of equal ones. */
export function likeliest(probabilities: Answers['data']): number {
  let best = 0;
  for (let i = 1; i < probabilities.length; i++) {
    if ((probabilities[i] as number) > (probabilities[best] as number)) best = i;
  }
  return best;
}

/** exp(x − max) / Σ exp(x − max) over each row of `ways` logits, in double precision. It never overflows. */
export function softmax(logits: ArrayLike<number>, ways = logits.length): Float64Array {
  const powers = Float64Array.from(logits);
  for (let from = 0; from < powers.length; from += ways) {
    const row = powers.subarray(from, from + ways);
    let max = Number.NEGATIVE_INFINITY;
    for (const value of row) max = Math.max(max, value);
    let sum = 0;
    for (let i = 0; i < row.length; i++) {
      row[i] = Math.exp((row[i] as number) - max);
      sum += row[i] as number;
    }
    for (let i = 0; i < row.length; i++) row[i] = (row[i] as number) / sum;
  }
  return powers;
}

/** Row-major values as nested arrays of `shape`; one number for shape []. */
export function nested(values: Answers['data'], shape: readonly number[]): unknown {
  const [first, ...rest] = shape;
  if (first === undefined) return values[0];
  const size = values.length / first;
  return Array.from({ length: first }, (_, i) => nested(values.subarray(i * size, (i + 1) * size), rest));
}
