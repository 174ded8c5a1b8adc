import { createKeyedMutex } from '../../concurrency/keyed-mutex.ts';
import type { Adaptation } from '../../domain/adaptation.ts';
import type { SupportSet } from '../../domain/support-set.ts';
import { encodeOutcome } from '../../domain/support-set.ts';
import { InnerloopError } from '../../errors.ts';
import type { LoadedState, ProgramRunner } from '../../ports/program-runner.ts';
import type { StateCache } from '../../ports/state-cache.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { Meter } from '../../ports/telemetry.ts';
import type { Tensors } from '../../tensor.ts';
import type { TaskView } from '../service.ts';

type Owned = Pick<Adaptation, 'tenant' | 'id'>;

/** Names a state wherever one is kept. It carries the tenant, so that nothing is shared between tenants. */
export function stateKey({ tenant, id }: Owned): string {
  return `${tenant}/${id}`;
}

/**
 * Adapted states by adaptation. They are never the truth: what neither the runner nor the cache has is computed
 * again from the stored support set, and comes out the same.
 */
export interface States {
  /** Run the adaptation's programs over its support set. */
  compute(
    adaptation: Adaptation,
    support: SupportSet,
    signal: AbortSignal,
    onStep: (loss: number) => void,
  ): Promise<Tensors>;
  /** Offer a state to the cache. Reads the tensors before it returns. */
  keep(adaptation: Owned, state: Tensors): Promise<void>;
  /** From the cache, or else computed again; null when its task has been deleted. */
  load(adaptation: Adaptation): Promise<LoadedState | null>;
  forget(adaptation: Owned): Promise<void>;
  residency(adaptation: Owned): Promise<TaskView['residency']>;
}

interface Parts {
  readonly store: TaskStore;
  readonly cache: StateCache;
  readonly runner: ProgramRunner;
  readonly meter: Meter;
}

/** Where a state is said to come from that was nowhere. */
export const RECOMPUTED = 'recomputed';

/** How long predictions wait for a state that is computed again, or for its turn. */
const RECOMPUTE_MS = 30_000;

function tooLate(): InnerloopError {
  const message = 'The state of this task is computed again, which takes long: try again';
  return new InnerloopError('unavailable', message, { retryAfterSeconds: 5 });
}

export function createStates({ store, cache, runner, meter }: Parts): States {
  const { tier } = cache;
  const asked = (result: string) => meter.counter('innerloop_cache_requests_total', { tier, result });
  const [hits, misses, errors] = [asked('hit'), asked('miss'), asked('error')];

  // One at a time for each tenant: they take the place of nobody's adaptations but their own.
  const mutex = createKeyedMutex();

  const states: States = {
    async compute({ packageDigest, settings }, { x, outcome }, signal, onStep) {
      const { steps, rate } = settings;
      return runner.adapt({
        digest: packageDigest,
        x,
        y: encodeOutcome(outcome),
        steps,
        rate,
        signal,
        onStep,
      });
    },

    // A state that could not be kept is computed again when it is missed.
    keep: (adaptation, state) => cache.put(stateKey(adaptation), state).catch(() => undefined),

    async load(adaptation) {
      const { tenant, task, id } = adaptation;
      const cached = await lookUp(stateKey(adaptation));
      if (cached) return { state: cached, tier };
      const signal = AbortSignal.timeout(RECOMPUTE_MS);
      return mutex(tenant, async () => {
        if (signal.aborted) throw tooLate();
        const support = await store.supportSet(tenant, task, adaptation.support.digest);
        if (!support) return null;
        const computing = states.compute(adaptation, support, signal, () => undefined);
        const state = await computing.catch((error: unknown) => {
          throw signal.aborted ? tooLate() : error;
        });
        await states.keep(adaptation, state);
        // The task may have been deleted meanwhile, and its states with it.
        if (!(await store.adaptation(tenant, task, id))) await states.forget(adaptation);
        return { state, tier: RECOMPUTED };
      });
    },

    async forget(adaptation) {
      const key = stateKey(adaptation);
      await Promise.all([runner.forget(key), cache.delete(key).catch(() => undefined)]);
    },

    async residency(adaptation) {
      const key = stateKey(adaptation);
      if (runner.isResident(key)) return 'memory';
      return (await cache.has(key).catch(() => false)) ? 'cache' : 'recompute';
    },
  };
  return states;

  /** A cache that fails is one that has forgotten. */
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
