import type { TenantId } from '../domain/task.ts';

/** Names an accepted adaptation. Never carries support sets or weights. */
export interface AdaptationRef {
  readonly tenant: TenantId;
  readonly task: string;
  readonly id: string;
}

/** Why the signal of a run aborts. `shutdown`: this process ends, and another process runs the adaptation. */
export type AbortReason = 'cancelled' | 'shutdown';

/**
 * Delivers each accepted adaptation to a worker at least once, and notifies subscribers when a record has changed. The
 * adaptations of one tenant start in the order of submission. Tenants take turns, so that no tenant waits for the backlog
 * of another.
 *
 * Implementations must pass `test/support/contracts/adaptation-queue.ts`.
 */
export interface AdaptationQueue extends AsyncDisposable {
  /**
   * Idempotent while the adaptation is waiting. When it is already running, it is delivered once more after that run,
   * because its record may have ended and been queued again in between. Only the handler can find this out.
   */
  submit(ref: AdaptationRef): Promise<void>;
  /**
   * Starts to run adaptations with `handler`. The signal aborts with an `AbortReason`. When the handler rejects, or its
   * process dies, the adaptation is delivered again. `packageDigests` are the packages that this process has.
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
  /** Removes a waiting adaptation. Aborts the signal of a running one; a later `submit` then starts a new run. */
  cancel(ref: AdaptationRef): Promise<void>;
  /** Number of adaptations that wait or run, in all processes. */
  depth(): Promise<number>;
  /** Notifies subscribers in all processes that the record has changed. Best effort: it never rejects. */
  announce(ref: AdaptationRef): Promise<void>;
  /**
   * Calls `listener` after each announcement, and sometimes without one, because announcements can be lost. The returned
   * function unsubscribes.
   */
  subscribe(ref: AdaptationRef, listener: () => void): () => void;
  /**
   * Takes no more adaptations and aborts the running ones. Resolves when their handlers have returned. Other processes run
   * the waiting and the aborted adaptations.
   */
  drain(): Promise<void>;
}
