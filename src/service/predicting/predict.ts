import { likeliest, softmax } from '../../domain/trust/softmax.ts';
import { InnerloopError } from '../../errors.ts';
import { copyOf, firstNotFinite, splitRows, type Tensor } from '../../tensor.ts';
import { upToMost, withExplanations } from '../explaining/explain-request.ts';
import type { KeepPredictions } from '../feedback/keep-predictions.ts';
import type { RawInput } from '../inputs/raw-input.ts';
import type { Answers, Prediction, Service } from '../service.ts';
import { createVerdicts } from '../trust/verdicts.ts';

/**
 * Predictions for callers: labels by name, values nested, judged as the options of the request or the task ask. With
 * `keepPredictions`, those of tasks that say so are kept.
 */
export function createPredict(
  adaptedModel: Service['adaptedModel'],
  keepPredictions?: KeepPredictions,
): Service['predict'] {
  return async (tenant, taskId, inputs, { adaptation: id, trial = false, signal, ...given } = {}) => {
    const found = await adaptedModel(tenant, taskId, id);
    const { adaptation, model, classes, confidence, decode, answer } = found;
    const options = { ...found.defaults, ...given };
    if (given.set !== undefined) requireClasses(classes);
    const raw = options.explain ? await upToMost(inputs) : inputs;
    const { keep } = found;
    const keeping =
      trial || !keep ? undefined : keepPredictions?.(found, { tenant, task: taskId, keep, signal }, raw);
    const { x, warnings, facts } = await decode(keeping?.inputs ?? raw, signal);
    // Copy x first: the runner takes ownership of it.
    const read = options.explain || keeping ? copyOf(x) : x;
    const { timings, novelty, shape, data } = await answer(x, {
      isJudged: true,
      ...(!trial && { asked: { facts } }),
    });
    const judge = createVerdicts(options, classes, confidence);
    const judged = toPredictions({ shape, data }, classes).map((each, i) =>
      judge(each, warnings[i] ?? [], novelty?.[i] ?? null),
    );
    const predictions = keeping ? await keeping.keep(judged, read) : judged;
    const answered = { adaptation, model, timings };
    if (!options.explain) return { predictions, ...answered };
    const asked = { inputs: raw as readonly RawInput[], rows: splitRows(read, 1), signal };
    return { predictions: await withExplanations(found, predictions, asked), ...answered };
  };
}

function requireClasses(classes: readonly string[] | null): void {
  if (classes) return;
  const [expected, got] = ['a task with labels', 'one that predicts numbers'];
  throw new InnerloopError('invalid_request', `Expected ${expected} for /options/set, got ${got}`, {
    pointer: '/options/set',
    expected,
    got,
  });
}

/**
 * Logits [B, ways] → probabilities [B, ways], at this temperature; values [B, …output] stay as they are.
 * @throws InnerloopError `invalid_input`, with the number of the row, when the values of an input make the network overflow
 */
export function toAnswers(
  { shape, data }: Tensor,
  classes: readonly string[] | null,
  temperature = 1,
): Answers {
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
  return { shape, data: classes ? softmax(data, classes.length, temperature) : data };
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

/** Row-major values as nested arrays of `shape`; one number for shape []. */
export function nested(values: Answers['data'], shape: readonly number[]): unknown {
  const [first, ...rest] = shape;
  if (first === undefined) return values[0];
  const size = values.length / first;
  return Array.from({ length: first }, (_, i) => nested(values.subarray(i * size, (i + 1) * size), rest));
}
