import { InnerloopError } from '../errors.ts';
import type { ProgramRunner } from '../ports/program-runner.ts';
import type { StateCache } from '../ports/state-cache.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { Adaptation } from '../tasks/adaptation.ts';
import { encodeOutcome } from '../tasks/label-encoding.ts';
import type { Tensors } from '../tensor.ts';
import type { TaskView } from './service.ts';

/**
 * Adapted states by adaptation id. They are never the truth: what neither the runner nor the cache has is computed
 * again from the stored support set, and comes out the same.
 */
export interface States {
  /** Run the adaptation's programs over its stored support set. */
  compute(adaptation: Adaptation, signal: AbortSignal, onStep: (loss: number) => void): Promise<Tensors>;
  /** Offer a state to the cache. Reads the tensors before it returns. */
  keep(id: string, state: Tensors): Promise<void>;
  /** From the cache, or else computed again. */
  load(adaptation: Adaptation): Promise<Tensors>;
  forget(id: string): Promise<void>;
  residency(id: string): Promise<TaskView['residency']>;
}

interface Parts {
  readonly store: TaskStore;
  readonly cache: StateCache;
  readonly runner: ProgramRunner;
}

export function createStates({ store, cache, runner }: Parts): States {
  const states: States = {
    async compute({ tenant, task, support: { digest }, packageDigest, settings }, signal, onStep) {
      const support = await store.supportSet(tenant, task, digest);
      if (!support) throw new InnerloopError('adaptation_failed', 'The support set is gone: submit it again');
      const { steps, rate } = settings;
      const y = encodeOutcome(support.outcome);
      return runner.adapt({ digest: packageDigest, x: support.x, y, steps, rate, signal, onStep });
    },

    // A state that could not be kept is computed again when it is missed.
    keep: (id, state) => cache.put(id, state).catch(() => undefined),

    async load(adaptation) {
      const { tenant, task, id } = adaptation;
      const cached = await cache.get(id).catch(() => null);
      if (cached) return cached;
      const state = await states.compute(adaptation, new AbortController().signal, () => undefined);
      await states.keep(id, state);
      // The task may have been deleted meanwhile, and its states with it.
      if (!(await store.adaptation(tenant, task, id))) await states.forget(id);
      return state;
    },

    async forget(id) {
      await Promise.all([runner.forget(id), cache.delete(id).catch(() => undefined)]);
    },

    async residency(id) {
      if (runner.isResident(id)) return 'memory';
      return (await cache.has(id).catch(() => false)) ? 'cache' : 'recompute';
    },
  };
  return states;
}
