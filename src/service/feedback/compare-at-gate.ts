import { retryWhileUnavailable } from '../../concurrency/retry-while-unavailable.ts';
import type { Adaptation } from '../../domain/adaptation.ts';
import { type Gate, gateOf, NOT_COMPARED } from '../../domain/feedback/gate.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { ServiceOptions } from '../service-options.ts';
import type { Learnable } from '../support/learnable.ts';
import type { Assess } from '../trust/assess.ts';

/**
 * Compares an adaptation that has its state with the one that answers now. Null if no other one answers, and for adaptations
 * that need not pass the gate.
 */
export type CompareAtGate = (
  candidate: Adaptation,
  learnable: Learnable,
  signal: AbortSignal,
) => Promise<Gate | null>;

interface Parts {
  readonly store: Pick<TaskStore, 'current'>;
  readonly assess: Assess;
  onError: ServiceOptions['onError'];
}

export function createGate({ store, assess, onError }: Parts): CompareAtGate {
  return async (candidate, learnable, signal) => {
    if (!candidate.gated) return null;
    const { tenant, task } = candidate;
    const found = await retryWhileUnavailable(() => store.current(tenant, task), signal);
    const current = found?.adaptation;
    if (!current || current.id === candidate.id) return null;
    try {
      const mine = await assess(candidate, { learnable, signal });
      const theirs = await retryWhileUnavailable(() => assess(current, { signal }), signal);
      return mine && theirs ? gateOf(mine, theirs) : NOT_COMPARED;
    } catch (error) {
      // A comparison that fails, such as for a package that is not installed any more, holds nothing back.
      if (signal.aborted) throw error;
      onError(error, candidate);
      return NOT_COMPARED;
    }
  };
}
