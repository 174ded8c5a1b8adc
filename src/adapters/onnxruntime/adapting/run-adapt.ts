import { setImmediate } from 'node:timers/promises';
import { InnerloopError } from '../../../errors.ts';
import { firstNotFinite, type Tensors } from '../../../tensor.ts';
import type { AdaptJob } from '../threads/messages.ts';
import type { Session } from '../threads/session.ts';
import { type Steps, stride } from './run-steps.ts';

interface Run {
  readonly init: Session;
  /** Absent where none are asked for. */
  readonly steps: Steps | undefined;
  readonly signal: AbortSignal;
  onStep(loss: number): void;
}

/**
 * `init`, then `steps` steps, several in one run where the package is small. A step leaves the state under
 * `<name>.next`; it enters the next one as `<name>`. Between runs other messages are heard, and other adaptations on
 * this thread take their turn.
 */
export async function runAdapt(job: AdaptJob, { init, steps, signal, onStep }: Run): Promise<Tensors> {
  const support = { support_x: job.x, support_y: job.y };
  const fixed = { ...support, rate: { shape: [], data: Float32Array.of(job.rate) } };
  let state = await init.run(support);
  for (let taken = 0; taken < job.steps; ) {
    await setImmediate();
    signal.throwIfAborted();
    if (!steps) throw new RangeError('Expected no steps of a package without a step program');
    const next = await stride(steps, job.steps - taken, state, fixed);
    for (const loss of next.losses) {
      taken += 1;
      if (!Number.isFinite(loss)) throw diverged(`the loss at step ${taken} is not finite`, job.steps);
      onStep(loss);
    }
    state = next.state;
  }
  signal.throwIfAborted();
  if (Object.values(state).some(({ data }) => firstNotFinite(data) >= 0))
    throw diverged('the adapted state is not finite', job.steps);
  return state;
}

function diverged(what: string, steps: number): InnerloopError {
  const remedy =
    steps > 0
      ? 'lower the rate, take fewer steps, or scale inputs and targets to what the package was trained on'
      : 'the inputs are far too large';
  return new InnerloopError('adaptation_diverged', `The adaptation diverged: ${what}; ${remedy}`);
}
