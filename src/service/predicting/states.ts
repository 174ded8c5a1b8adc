import { createKeyedMutex } from '../../concurrency/keyed-mutex.ts';
import type { Adaptation } from '../../domain/adaptation.ts';
import { robustOutcome } from '../../domain/trust/robust.ts';
import { InnerloopError } from '../../errors.ts';
import type { LoadedState, ProgramRunner } from '../../ports/program-runner.ts';
import type { StateCache } from '../../ports/stores/state-cache.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { Meter } from '../../ports/telemetry.ts';
import type { Tensors } from '../../tensor.ts';
import type { Models } from '../models.ts';
import type { TaskView } from '../service.ts';
import { type Owned, stateKey } from '../state-key.ts';
import type { Learnable, ReadLearnable } from '../support/learnable.ts';
import type { Assess } from '../trust/assess.ts';

/**
 * Adapted states by adaptation. A state that is neither in the runner nor in the cache is computed again from the
 * stored support set, with the same result.
 */
export interface States {
  /** Runs the adaptation's programs on its support set. */
  compute(
    adaptation: Adaptation,
    learnable: Learnable,
    signal: AbortSignal,
    onStep: (loss: number) => void,
  ): Promise<Tensors>;
  /** Puts a state into the cache; ignores errors. Copies the tensors before it returns. */
  keep(adaptation: Owned, state: Tensors): Promise<void>;
  /** Reads the state from the cache, or computes it again. Null when its task has been deleted. */
  load(adaptation: Adaptation): Promise<LoadedState | null>;
  forget(adaptation: Owned): Promise<void>;
  residency(adaptation: Owned): Promise<TaskView['residency']>;
}

interface Parts {
  readonly models: Models;
  readonly store: Pick<TaskStore, 'adaptation'>;
  readonly readLearnable: ReadLearnable;
  readonly cache: StateCache;
  readonly runner: ProgramRunner;
  readonly meter: Meter;
  readonly assess: Assess;
  /** Called when a state is forgotten, so that nothing else of its adaptation stays in memory. */
  onForget(adaptation: Owned): void;
}

/** Tier of a state that was computed again. */
export const RECOMPUTED = 'recomputed';

/** How long a prediction waits for its state to be computed again. */
const RECOMPUTE_TIMEOUT_MS = 30_000;

function timeoutError(): InnerloopError {
  const message = 'The state of this task is still being computed again: try again later';
  return new InnerloopError('unavailable', message, { retryAfterSeconds: 5 });
}

export function createStates({
  models,
  store,
  readLearnable,
  cache,
  runner,
  meter,
  assess,
  onForget,
}: Parts): States {
  const { tier } = cache;
  const counter = (result: string) => meter.counter('innerloop_cache_requests_total', { tier, result });
  const [hits, misses, errors] = [counter('hit'), counter('miss'), counter('error')];

  // One recomputation at a time per tenant, so that one tenant cannot occupy all adapting threads.
  const mutex = createKeyedMutex();

  const states: States = {
    async compute(adaptation, learnable, signal, onStep) {
      const { packageDigest, settings } = adaptation;
      const { steps, rate } = settings;
      const { x, y } = settings.robust ? await weighted(adaptation, learnable, signal) : learnable;
      return runner.adapt({
        // An adaptation from before 0.2 names its package by another digest.
        digest: models.withDigest(packageDigest)?.digest ?? packageDigest,
        x,
        y,
        steps,
        rate,
        signal,
        onStep,
      });
    },

    keep: (adaptation, state) => cache.put(stateKey(adaptation), state).catch(() => undefined),

    async load(adaptation) {
      const { tenant, task, id } = adaptation;
      const cached = await lookUp(stateKey(adaptation));
      if (cached) return { state: cached, tier };
      const signal = AbortSignal.timeout(RECOMPUTE_TIMEOUT_MS);
      return mutex(tenant, async () => {
        if (signal.aborted) throw timeoutError();
        const learnable = await readLearnable(adaptation, signal);
        if (!learnable) return null;
        const computing = states.compute(adaptation, learnable, signal, () => undefined);
        const state = await computing.catch((error: unknown) => {
          throw signal.aborted ? timeoutError() : error;
        });
        await states.keep(adaptation, state);
        // The task may have been deleted, or an example erased, while the state was computed.
        const record = await store.adaptation(tenant, task, id);
        if (record?.status !== 'succeeded') await states.forget(adaptation);
        return { state, tier: RECOMPUTED };
      });
    },

    async forget(adaptation) {
      const key = stateKey(adaptation);
      onForget(adaptation);
      await Promise.all([runner.forget(key), cache.delete(key).catch(() => undefined)]);
    },

    async residency(adaptation) {
      const key = stateKey(adaptation);
      if (runner.isResident(key)) return 'memory';
      return (await cache.has(key).catch(() => false)) ? 'cache' : 'recompute';
    },
  };
  return states;

  /** With the weights of `robustOutcome`. They depend on the support set alone, so a state computed again is the same. */
  async function weighted(
    adaptation: Adaptation,
    learnable: Learnable,
    signal: AbortSignal,
  ): Promise<Pick<Learnable, 'x' | 'y'>> {
    // The runner takes ownership of its tensors.
    const copies = {
      ...learnable,
      x: { ...learnable.x, data: learnable.x.data.slice() },
      y: { ...learnable.y, data: learnable.y.data.slice() },
    };
    const assessment = await assess(adaptation, { learnable: copies, signal });
    return { x: learnable.x, y: assessment ? robustOutcome(learnable.y, assessment) : learnable.y };
  }

  /** Treats cache errors as misses. */
  async function lookUp(key: string): Promise<Tensors | null> {
    try {
      const cached = await cache.get(key);
      (cached ? hits : misses).add(1);
      return cached;
    } catch {
      errors.add(1);
      return null;
    }
  }
}
