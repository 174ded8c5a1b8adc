import type { TenantId } from '../tasks/task.ts';

/** Names an accepted adaptation. Never carries support sets or weights. */
export interface AdaptationRef {
  readonly tenant: TenantId;
  readonly task: string;
  readonly id: string;
}

/**
 * Carries accepted adaptations to whoever runs them, at least once, first in first out, and news of them back.
 * Implementations must pass `test/support/adaptation-queue-contract.ts`.
 */
export interface AdaptationQueue extends AsyncDisposable {
  /**
   * Idempotent while the adaptation waits. One that runs is delivered once more when it has returned: its record
   * may have ended and been queued afresh in between, and only the handler can tell.
   */
  submit(ref: AdaptationRef): Promise<void>;
  /** Start running jobs with `handler`. Its signal aborts on cancel and on shutdown. */
  process(handler: (ref: AdaptationRef, signal: AbortSignal) => Promise<void>): void;
  /** Waiting: dropped. Running: its signal aborts, and a later `submit` counts as new. Neither: nothing. */
  cancel(ref: AdaptationRef): Promise<void>;
  /** How many wait or run. */
  depth(): Promise<number>;
  /** Tell subscribers that the record has changed. */
  announce(ref: AdaptationRef): Promise<void>;
  /** Calls `listener` after each announcement until the returned function is called. */
  subscribe(ref: AdaptationRef, listener: () => void): () => void;
  /** Abort what runs and take no more; resolves when what runs has returned. Waiting jobs stay unfinished in the store. */
  drain(): Promise<void>;
}
