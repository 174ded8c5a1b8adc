import type { TenantId } from '../domain/task.ts';

/** Names an accepted adaptation. Never carries support sets or weights. */
export interface AdaptationRef {
  readonly tenant: TenantId;
  readonly task: string;
  readonly id: string;
}

/** Why the signal of a run aborts: nobody wants it any more, or this process is about to end and another goes on. */
export type AbortReason = 'cancelled' | 'shutdown';

/**
 * Carries accepted adaptations to whoever runs them, at least once, and news of them back. Each tenant's run first in
 * first out; tenants take turns, so that none waits for another's backlog.
 * Implementations must pass `test/support/contracts/adaptation-queue.ts`.
 */
export interface AdaptationQueue extends AsyncDisposable {
  /**
   * Idempotent while the adaptation waits. One that runs is delivered once more when it has returned: its record
   * may have ended and been queued afresh in between, and only the handler can tell.
   */
  submit(ref: AdaptationRef): Promise<void>;
  /**
   * Start running jobs with `handler`. Its signal aborts with an `AbortReason`. A job whose handler rejects, or whose
   * process dies, is delivered again.
   */
  process(
    handler: (ref: AdaptationRef, signal: AbortSignal) => Promise<void>,
    packageDigests?: readonly string[],
  ): void;
  /**
   * For a handler that lacks the package of its adaptation. True: the adaptation waits for another process, and the
   * handler returns without any change to its record. False: for a while no live worker process has had the package.
   */
  leaveToOthers(ref: AdaptationRef, packageDigest: string): Promise<boolean>;
  /** Waiting: dropped. Running: its signal aborts, and a later `submit` counts as new. Neither: nothing. */
  cancel(ref: AdaptationRef): Promise<void>;
  /** How many wait or run. */
  depth(): Promise<number>;
  /** Tell subscribers, in every process, that the record has changed. Best effort: never rejects. */
  announce(ref: AdaptationRef): Promise<void>;
  /** Calls `listener` after each announcement, and now and then without one, until the returned function is called. */
  subscribe(ref: AdaptationRef, listener: () => void): () => void;
  /** Abort what runs and take no more; resolves when it has returned. Jobs that wait, or were aborted, are left to others. */
  drain(): Promise<void>;
}
