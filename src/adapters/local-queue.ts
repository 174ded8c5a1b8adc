import type { AdaptationQueue, AdaptationRef } from '../ports/adaptation-queue.ts';

export interface LocalQueueOptions {
  /** How many adaptations run side by side. */
  readonly concurrency: number;
  /** A handler answers for its own failures; whatever still escapes it comes here. */
  onError(error: unknown, ref: AdaptationRef): void;
}

interface Job {
  readonly ref: AdaptationRef;
  readonly abort: AbortController;
  /** Submitted while it ran: it is delivered once more. */
  again: boolean;
}

type Handler = (ref: AdaptationRef, signal: AbortSignal) => Promise<void>;

/** The queue of a single process. It remembers nothing: the store knows what is unfinished. */
export function createLocalQueue(options: LocalQueueOptions): AdaptationQueue {
  return new LocalQueue(options);
}

class LocalQueue implements AdaptationQueue {
  readonly #options: LocalQueueOptions;
  readonly #waiting = new Map<string, AdaptationRef>();
  readonly #running = new Map<string, Job>();
  /** All that have not returned, those cancelled and no longer in `#running` included. */
  readonly #returning = new Set<Promise<void>>();
  readonly #listeners = new Map<string, Set<() => void>>();
  #handler: Handler | null = null;
  #draining = false;

  constructor(options: LocalQueueOptions) {
    this.#options = options;
  }

  async submit(ref: AdaptationRef): Promise<void> {
    const key = keyOf(ref);
    const running = this.#running.get(key);
    if (running) running.again = true;
    else if (!this.#waiting.has(key)) this.#waiting.set(key, ref);
    this.#startNext();
  }

  process(handler: Handler): void {
    this.#handler = handler;
    this.#startNext();
  }

  async cancel(ref: AdaptationRef): Promise<void> {
    const key = keyOf(ref);
    this.#waiting.delete(key);
    this.#running.get(key)?.abort.abort();
    this.#running.delete(key);
  }

  async depth(): Promise<number> {
    return this.#waiting.size + this.#returning.size;
  }

  async announce(ref: AdaptationRef): Promise<void> {
    for (const listener of [...(this.#listeners.get(keyOf(ref)) ?? [])]) listener();
  }

  subscribe(ref: AdaptationRef, listener: () => void): () => void {
    const key = keyOf(ref);
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }

  async drain(): Promise<void> {
    this.#draining = true;
    for (const { abort } of this.#running.values()) abort.abort();
    await Promise.all(this.#returning);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
  }

  #startNext(): void {
    const handler = this.#handler;
    while (handler && !this.#draining && this.#returning.size < this.#options.concurrency) {
      const [next] = this.#waiting;
      if (!next) return;
      const [key, ref] = next;
      this.#waiting.delete(key);
      const job: Job = { ref, abort: new AbortController(), again: false };
      this.#running.set(key, job);
      const returning = this.#run(handler, key, job).finally(() => {
        this.#returning.delete(returning);
        this.#startNext();
      });
      this.#returning.add(returning);
    }
  }

  async #run(handler: Handler, key: string, job: Job): Promise<void> {
    try {
      await handler(job.ref, job.abort.signal);
    } catch (error) {
      this.#options.onError(error, job.ref);
    }
    // After a cancel the key may belong to a newer job.
    if (this.#running.get(key) !== job) return;
    this.#running.delete(key);
    if (job.again) this.#waiting.set(key, job.ref);
  }
}

function keyOf({ tenant, task, id }: AdaptationRef): string {
  return JSON.stringify([tenant, task, id]);
}
