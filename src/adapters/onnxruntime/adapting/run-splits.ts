import { setImmediate } from 'node:timers/promises';
import { rowsAt, type Tensor, type Tensors } from '../../../tensor.ts';
import { predictionOf, type SplitsJob } from '../threads/messages.ts';
import type { Session } from '../threads/session.ts';
import { runInnerLoop, type StepSessions } from './inner-loop.ts';

interface SplitsContext {
  readonly init: Session;
  /** Absent when no steps are requested. */
  readonly sessions: StepSessions | undefined;
  readonly predict: Session;
  readonly signal: AbortSignal;
}

/**
 * For each split: adapts to its rows `train`, and predicts its rows `test`. Between two splits the thread handles other
 * messages. @throws InnerloopError `adaptation_diverged`, or the reason of `signal`
 */
export async function runSplits(
  { x, y, splits, ...inner }: SplitsJob,
  { predict, ...context }: SplitsContext,
): Promise<readonly Tensor[]> {
  const answers: Tensor[] = [];
  for (const { train, test } of splits) {
    await setImmediate();
    context.signal.throwIfAborted();
    const job = { ...inner, x: rowsAt(x, train), y: rowsAt(y, train) };
    const state = await runInnerLoop(job, { ...context, onStep: () => undefined });
    const feeds: Tensors = { ...state, x: rowsAt(x, test) };
    answers.push(predictionOf(await predict.run(feeds)));
  }
  return answers;
}
