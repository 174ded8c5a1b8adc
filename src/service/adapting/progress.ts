import type { Adaptation } from '../../domain/adaptation.ts';

/**
 * Losses of the adaptations that run in this process. Records are written now and then only; what is read here in
 * between lets followers see every step as it happens.
 */
export interface Progress {
  /** The losses are this adaptation's until `done`. */
  start(id: string, losses: readonly number[]): void;
  done(id: string, losses: readonly number[]): void;
  /** The record with the losses known by now. */
  latest(record: Adaptation): Adaptation;
}

export function createProgress(): Progress {
  const running = new Map<string, readonly number[]>();
  return {
    start: (id, losses) => void running.set(id, losses),
    done(id, losses) {
      // A run that was cancelled may end after its successor has started.
      if (running.get(id) === losses) running.delete(id);
    },
    latest(record) {
      const losses = record.status === 'running' ? running.get(record.id) : undefined;
      return losses && losses.length > record.losses.length ? { ...record, losses: [...losses] } : record;
    },
  };
}
