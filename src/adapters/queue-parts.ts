import type { AdaptationRef } from '../ports/adaptation-queue.ts';

/** Parts that both queues use. */

/** A ref as one string, equal for equal refs. */
export function refKey({ tenant, task, id }: AdaptationRef): string {
  return JSON.stringify([tenant, task, id]);
}

/** The inverse of `refKey`. */
export function parseRefKey(key: string): AdaptationRef {
  const [tenant, task, id] = JSON.parse(key);
  return { tenant, task, id };
}

const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 10_000;

/** Pause before a job that has failed `failures` times is delivered again. */
export function redeliveryDelayMs(failures: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), MAX_DELAY_MS);
}

/** Listeners of this process, by key. */
export class Listeners {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** Answers a function that removes the listener. */
  add(key: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }

  notify(key: string): void {
    for (const listener of [...(this.#listeners.get(key) ?? [])]) listener();
  }

  notifyAll(): void {
    for (const key of [...this.#listeners.keys()]) this.notify(key);
  }
}
