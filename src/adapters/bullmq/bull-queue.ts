import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { throttleErrors } from '../../concurrency/throttle-errors.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import { Listeners, refKey } from '../queue-parts.ts';
import { connect, type Redis, withStoreErrors } from '../redis/connection.ts';
import { type AdaptationTable, createAdaptationTable, type PackageWaits } from './adaptation-table.ts';
import { ANNOUNCEMENTS, LEASES, PREFIX } from './key-names.ts';
import { LeaseWorker } from './lease-worker.ts';
import { type Subscription, subscribe } from './pubsub.ts';

const RECONCILE_MS = 3000;
/** A process counts as ended if it has not reported its packages during this many reconciliations. */
const MISSED_REPORTS = 5;
/** Maximum number of leases that one reconciliation adds. */
const MAX_LEASES_ADDED = 1000;
/** Longer than the start of a process and longer than several reconciliations. */
const PACKAGE_WAIT_MS = 15_000;

export interface BullQueueOptions {
  readonly url: string;
  /** How many adaptations run at the same time in this process. */
  readonly concurrency: number;
  /** A worker process that is silent for this long counts as dead. Other processes then run its adaptations. */
  readonly lockMs: number;
  /** How long an adaptation waits for a worker process with its package (default: 15 s). */
  readonly packageWaitMs?: number;
  /** A lost message or a missing lease is noticed after this time at most (default: 3 s). */
  readonly reconcileMs?: number;
  /** Called with the error and the adaptation when a handler rejects, and with errors of Redis, throttled. */
  onError(error: unknown, ref?: AdaptationRef): void;
}

/** A queue in Redis for many processes. It can start while Redis is away; its calls then reject as `unavailable`. */
export function createBullQueue(options: BullQueueOptions): AdaptationQueue {
  return new BullQueue(options);
}

/**
 * BullMQ's jobs are leases and carry no data. When a worker takes a lease, our own table decides which adaptation runs
 * under it. So tenants take turns, even when one tenant has a long backlog. When a worker dies, BullMQ gives its leases to
 * another worker.
 */
class BullQueue implements AdaptationQueue {
  readonly #options: BullQueueOptions;
  readonly #report: (error: unknown) => void;
  readonly #waits: PackageWaits;
  readonly #redis: Redis;
  readonly #table: AdaptationTable;
  readonly #leases: Queue;
  readonly #listeners = new Listeners();
  readonly #subscription: Subscription;
  readonly #timer: NodeJS.Timeout;
  #worker: LeaseWorker | null = null;
  #draining: Promise<void> | null = null;

  constructor(options: BullQueueOptions) {
    this.#options = options;
    const { url, onError, packageWaitMs = PACKAGE_WAIT_MS, reconcileMs = RECONCILE_MS } = options;
    this.#waits = { packageMs: packageWaitMs, reportMs: MISSED_REPORTS * reconcileMs };
    this.#report = throttleErrors((error) => onError(error));
    this.#redis = connect(url, this.#report);
    this.#table = createAdaptationTable(this.#redis, this.#waits);
    this.#leases = new Queue(LEASES, {
      connection: this.#redis,
      prefix: PREFIX,
      // BullMQ checks once. If the connection breaks during the check, the queue stays unusable.
      skipVersionCheck: true,
      streams: { events: { maxLen: 100 } },
      defaultJobOptions: {
        // The service decides when to give up: see MAX_ATTEMPTS in `service/adapting/attempts.ts`.
        attempts: Number.MAX_SAFE_INTEGER,
        backoff: { type: 'custom' },
        removeOnComplete: true,
        removeOnFail: true,
        stackTraceLimit: 0,
      },
    });
    this.#leases.on('error', this.#report);
    this.#subscription = subscribe({
      url,
      onAnnouncement: (key) => this.#listeners.notify(key),
      onCancellation: (lease) => this.#worker?.cancel(lease),
      onSubscribed: () => void this.#reconcile(),
      onError: this.#report,
    });
    // A subscriber writes nothing, so it cannot notice a failover itself.
    this.#redis.once('ready', () => this.#redis.on('ready', () => this.#subscription.renew()));
    this.#timer = setInterval(() => void this.#reconcile(), reconcileMs).unref();
  }

  submit(ref: AdaptationRef): Promise<void> {
    return withStoreErrors(async () => {
      if (await this.#table.submit(ref)) await this.#addLeases(1);
    });
  }

  process(
    handler: (ref: AdaptationRef, signal: AbortSignal) => Promise<void>,
    digests: readonly string[] = [],
  ): void {
    if (this.#draining) return;
    if (this.#worker) throw new Error('Expected one handler, got a second');
    const { url, concurrency, lockMs, onError } = this.#options;
    this.#worker = new LeaseWorker({
      url,
      concurrency,
      lockMs,
      waits: this.#waits,
      digests,
      handler,
      onError: (error, ref) => (ref ? onError(error, ref) : this.#report(error)),
    });
    void this.#reconcile();
  }

  leaveToOthers(ref: AdaptationRef, digest: string): Promise<boolean> {
    return withStoreErrors(async () => (await this.#worker?.handOver(ref, digest)) ?? false);
  }

  cancel(ref: AdaptationRef): Promise<void> {
    return withStoreErrors(async () => {
      const lease = await this.#table.cancel(ref);
      if (lease) this.#worker?.cancel(lease);
    });
  }

  depth(): Promise<number> {
    return withStoreErrors(() => this.#table.depth());
  }

  /** When the message is lost, the next reconciliation notifies the listeners. */
  async announce(ref: AdaptationRef): Promise<void> {
    await this.#redis.publish(ANNOUNCEMENTS, refKey(ref)).catch(this.#report);
  }

  subscribe(ref: AdaptationRef, listener: () => void): () => void {
    return this.#listeners.add(refKey(ref), listener);
  }

  drain(): Promise<void> {
    this.#draining ??= this.#worker?.drain() ?? Promise.resolve();
    return this.#draining;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
    clearInterval(this.#timer);
    this.#subscription[Symbol.dispose]();
    await this.#leases.close();
    this.#redis.disconnect();
  }

  /** Repairs the effects of lost messages, and adds missing leases. */
  async #reconcile(): Promise<void> {
    this.#listeners.notifyAll();
    const worker = this.#worker;
    if (!worker || this.#draining) return;
    try {
      await worker.catchUp(this.#table);
      await this.#addLeases(Math.min(await this.#table.requeueWithoutLease(), MAX_LEASES_ADDED));
    } catch (error) {
      this.#report(error);
    }
  }

  /** When this fails, the next reconciliation of any worker process adds the missing leases. */
  async #addLeases(count: number): Promise<void> {
    // Random ids: a Redis that lost its last second would assign BullMQ's sequential ids twice.
    const leases = Array.from({ length: count }, () => ({
      name: 'turn',
      data: {},
      opts: { jobId: randomUUID() },
    }));
    if (count > 0) await this.#leases.addBulk(leases).catch(this.#report);
  }
}
