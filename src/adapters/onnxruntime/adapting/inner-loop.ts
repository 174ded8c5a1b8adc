import { setImmediate } from 'node:timers/promises';
import { InnerloopError } from '../../../errors.ts';
import { firstNotFinite, type Tensor, type Tensors } from '../../../tensor.ts';
import type { AdaptJob } from '../threads/messages.ts';
import type { Session } from '../threads/session.ts';

/** Sessions for adaptation steps. */
export interface StepSessions {
  /** Takes one step per run. */
  readonly step: Session;
  /** Takes several steps per run. Absent when this saves no time. */
  readonly unrolled?: { readonly steps: number; readonly session: Session };
}

export interface StepRun {
  /** The new state, with the input names of the next run. */
  readonly state: Tensors;
  /** Loss before each step of the run. */
  readonly losses: Float32Array;
}

interface AdaptContext {
  readonly init: Session;
  /** Absent when no steps are requested. */
  readonly sessions: StepSessions | undefined;
  readonly signal: AbortSignal;
  onStep(loss: number): void;
}

const NEXT = '.next';

/**
 * Runs `init`, then `job.steps` steps. Between two runs the thread handles other messages and other adaptations.
 * @throws InnerloopError `adaptation_diverged`, or the reason of `signal`
 */
export async function runInnerLoop(
  job: AdaptJob,
  { init, sessions, signal, onStep }: AdaptContext,
): Promise<Tensors> {
  const support = { support_x: job.x, support_y: job.y };
  const feeds = { ...support, rate: { shape: [], data: Float32Array.of(job.rate) } };
  let state = await init.run(support);
  for (let done = 0; done < job.steps; ) {
    await setImmediate();
    signal.throwIfAborted();
    if (!sessions) throw new RangeError('Expected 0 steps: the package has no step program');
    const next = await runSteps(sessions, job.steps - done, state, feeds);
    for (const loss of next.losses) {
      done += 1;
      if (!Number.isFinite(loss)) throw diverged(`the loss at step ${done} is not finite`, job.steps);
      onStep(loss);
    }
    state = next.state;
  }
  signal.throwIfAborted();
  if (Object.values(state).some(({ data }) => firstNotFinite(data) >= 0))
    throw diverged('the adapted state is not finite', job.steps);
  return state;
}

/** One run: several steps when enough steps are left, otherwise one step. */
export async function runSteps(
  { step, unrolled }: StepSessions,
  stepsLeft: number,
  state: Tensors,
  feeds: Tensors,
): Promise<StepRun> {
  const session = unrolled && stepsLeft >= unrolled.steps ? unrolled.session : step;
  const { loss, losses = loss, ...next } = await session.run({ ...state, ...feeds });
  if (!losses) throw new RangeError('Expected an output loss of the step program, got none');
  return { state: withInputNames(next), losses: losses.data };
}

/** Outputs `<name>.next` become inputs `<name>`. A plain loop: it runs after each run and must cost little. */
function withInputNames(outputs: Tensors): Tensors {
  const state: Record<string, Tensor> = {};
  for (const [name, each] of Object.entries(outputs)) state[name.slice(0, -NEXT.length)] = each;
  return state;
}

function diverged(what: string, steps: number): InnerloopError {
  const remedy =
    steps > 0
      ? 'use a lower rate or fewer steps, or scale inputs and targets to the range of the training data'
      : 'use smaller input values';
  return new InnerloopError('adaptation_diverged', `The adaptation diverged: ${what}; ${remedy}`);
}
