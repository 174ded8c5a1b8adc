import type { Items } from '../../concurrency/limit.ts';
import { InnerloopError } from '../../errors.ts';
import type { Tensor } from '../../tensor.ts';
import type { RawInput } from '../inputs/raw-input.ts';
import type { AdaptedModel, Prediction } from '../service.ts';

/** The maximum number of explained inputs of one request: each takes as long as some fifty predictions. */
const MAX_EXPLAINED = 8;

interface Asked {
  readonly inputs: readonly RawInput[];
  /** [1, …input] by input. */
  readonly rows: readonly Tensor[];
  readonly signal: AbortSignal | undefined;
}

/** The explanations of one request take no longer, with the wait for those of the tenant's other requests. */
const TIMEOUT_MS = 30_000;

/**
 * The predictions, each with its explanation: of the label that it has, or that it would have had.
 * @throws InnerloopError `unavailable` when they take too long
 */
export async function withExplanations(
  { classes, explain }: Pick<AdaptedModel, 'classes' | 'explain'>,
  predictions: readonly Prediction[],
  { inputs, rows, signal }: Asked,
): Promise<readonly Prediction[]> {
  const late = AbortSignal.timeout(TIMEOUT_MS);
  const stopped = signal ? AbortSignal.any([signal, late]) : late;
  const explained: Prediction[] = [];
  try {
    // One after the other, so that the first error ends the work.
    for (const [i, each] of predictions.entries()) {
      const index = classes?.indexOf(each.label ?? each.best ?? '') ?? -1;
      const explanation = await explain(inputs[i] as RawInput, rows[i] as Tensor, index, stopped);
      explained.push({ ...each, explanation });
    }
  } catch (error) {
    if (!late.aborted || signal?.aborted) throw error;
    const message = `The explanations took longer than ${TIMEOUT_MS / 1000} s: ask for fewer at a time`;
    throw new InnerloopError('unavailable', message, { retryAfterSeconds: 1 });
  }
  return explained;
}

/** All inputs of a request that are to be explained. @throws InnerloopError `invalid_input` if there are too many */
export async function upToMost(inputs: Items<RawInput>): Promise<readonly RawInput[]> {
  const all: RawInput[] = [];
  for await (const each of inputs) {
    all.push(each);
    if (all.length <= MAX_EXPLAINED) continue;
    const expected = `at most ${MAX_EXPLAINED} inputs with explain`;
    const details = { pointer: '/inputs', expected, got: 'more' };
    throw new InnerloopError('invalid_input', `Expected ${expected}, got more`, details);
  }
  return all;
}
