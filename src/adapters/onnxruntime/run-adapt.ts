import { setImmediate } from 'node:timers/promises';
import { InnerloopError } from '../../errors.ts';
import type { Tensor, Tensors } from '../../tensor.ts';
import type { AdaptJob } from './messages.ts';
import type { Session } from './session.ts';

interface Run {
  readonly init: Session;
  readonly step: Session | undefined;
  readonly signal: AbortSignal;
  onStep(loss: number): void;
}

/**
 * `init`, then `step` × `steps`. A step leaves the state under `<name>.next`; it enters the next one as `<name>`.
 * Between steps other messages are heard, and other adaptations on this thread take their turn.
 */
export async function runAdapt(job: AdaptJob, { init, step, signal, onStep }: Run): Promise<Tensors> {
  const support = { support_x: job.x, support_y: job.y };
  const rate: Tensor = { shape: [], data: Float32Array.of(job.rate) };
  let state = await init.run(support);
  for (let i = 0; i < job.steps; i++) {
    await setImmediate();
    signal.throwIfAborted();
    if (!step) throw new RangeError('Expected no steps of a package without a step program');
    const { loss, ...next } = await step.run({ ...state, ...support, rate });
    const value = loss?.data[0] ?? Number.NaN;
    if (!Number.isFinite(value)) throw diverged(`the loss at step ${i + 1} is not finite`, job.steps);
    onStep(value);
    state = Object.fromEntries(
      Object.entries(next).map(([name, each]) => [name.slice(0, -'.next'.length), each]),
    );
  }
  signal.throwIfAborted();
  if (!Object.values(state).every(hasFiniteValues))
    throw diverged('the adapted state is not finite', job.steps);
  return state;
}

function hasFiniteValues({ data }: Tensor): boolean {
  return data.every(Number.isFinite);
}

function diverged(what: string, steps: number): InnerloopError {
  const remedy = steps > 0 ? 'lower the rate, or take fewer steps' : 'the inputs are far too large';
  return new InnerloopError('adaptation_diverged', `The adaptation diverged: ${what}; ${remedy}`);
}
