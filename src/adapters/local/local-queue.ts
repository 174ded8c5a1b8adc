import type { AbortReason, AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import { Listeners, redeliveryDelayMs, refKey } from '../queue-parts.ts';
import { RoundRobin } from './round-robin.ts';

export interface LocalQueueOptions {
  /** How many adaptations run at the same time. */
  readonly concurrency: number;
  /** Called when a handler rejects. */
  onError(error: unknown, ref: AdaptationRef): void;
}

interface Job {
  readonly ref: AdaptationRef;
  /** How many times its handler has failed since the submission. */
  readonly failures: number;
}

interface Run extends Job {
  readonly abort: AbortController;
  /** Whether it was submitted again while it ran. It is then delivered once more. */
  again: boolean;
}

type Handler = (ref: AdaptationRef, signal: AbortSignal) => Promise<void>;

/** The queue of a single process, in memory. After a restart, the unfinished adaptations in the store are submitted again. */
export function createLocalQueue(options: LocalQueueOptions): AdaptationQueue {
  return new LocalQueue(options);
}

class LocalQueue implements AdaptationQueue {
  readonly #options: LocalQueueOptions;
  readonly #waiting = new RoundRobin<Job>();
  /** Failed jobs. Each waits for a run again when its timer fires. */
  readonly #delayed = new Map<string, NodeJS.Timeout>();
  readonly #running = new Map<string, Run>();
  /** All handlers that have not returned, including those of cancelled jobs, which `#running` no longer contains. */
  readonly #returning = new Set<Promise<void>>();
  readonly #listeners = new Listeners();
  #handler: Handler | null = null;
  #draining = false;

  constructor(options: LocalQueueOptions) {
    this.#options = options;
  }

  async submit(ref: AdaptationRef): Promise<void> {
    const key = refKey(ref);
    const running = this.#running.get(key);
    if (running) running.again = true;
    else if (!this.#delayed.has(key)) this.#wait({ ref, failures: 0 });
  }

  process(handler: Handler): void {
    this.#handler = handler;
    this.#startNext();
  }

  /** There is no other process. */
  async leaveToOthers(): Promise<boolean> {
    return false;
  }

  async cancel(ref: AdaptationRef): Promise<void> {
    const key = refKey(ref);
    this.#waiting.delete(ref.tenant, key);
    clearTimeout(this.#delayed.get(key));
    this.#delayed.delete(key);
    this.#running.get(key)?.abort.abort('cancelled' satisfies AbortReason);
    this.#running.delete(key);
  }

  async depth(): Promise<number> {
    return this.#waiting.size + this.#delayed.size + this.#returning.size;
  }

  async announce(ref: AdaptationRef): Promise<void> {
    this.#listeners.notify(refKey(ref));
  }

  subscribe(ref: AdaptationRef, listener: () => void): () => void {
    return this.#listeners.add(refKey(ref), listener);
  }

  async drain(): Promise<void> {
    this.#draining = true;
    for (const { abort } of this.#running.values()) abort.abort('shutdown' satisfies AbortReason);
    await Promise.all(this.#returning);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
  }

  #wait(job: Job): void {
    this.#waiting.add(job.ref.tenant, refKey(job.ref), job);
    this.#startNext();
  }

  #startNext(): void {
    const handler = this.#handler;
    while (handler && !this.#draining && this.#returning.size < this.#options.concurrency) {
      const job = this.#waiting.take();
      if (!job) return;
      const run: Run = { ...job, abort: new AbortController(), again: false };
      this.#running.set(refKey(job.ref), run);
      const returning = this.#run(handler, run).finally(() => {
        this.#returning.delete(returning);
        this.#startNext();
      });
      this.#returning.add(returning);
    }
  }

  async #run(handler: Handler, run: Run): Promise<void> {
    const { ref, abort } = run;
    let failures = 0;
    try {
      await handler(ref, abort.signal);
    } catch (error) {
      failures = run.failures + 1;
      this.#options.onError(error, ref);
    }
    // After a cancellation the key may belong to a newer run.
    const key = refKey(ref);
    if (this.#running.get(key) !== run) return;
    this.#running.delete(key);
    if (failures > 0) this.#delay({ ref, failures });
    else if (run.again) this.#waiting.add(ref.tenant, key, { ref, failures });
  }

  #delay(job: Job): void {
    const key = refKey(job.ref);
    const timer = setTimeout(() => {
      this.#delayed.delete(key);
      this.#wait(job);
    }, redeliveryDelayMs(job.failures));
    // The timer need not keep the process alive: after a restart the job is submitted again.
    this.#delayed.set(key, timer.unref());
  }
}
