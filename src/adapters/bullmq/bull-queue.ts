import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { throttleErrors } from '../../concurrency/throttle-errors.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import { Listeners } from '../listeners.ts';
import { connect, type Redis, withStoreErrors } from '../redis/connection.ts';
import { refKey } from '../ref-key.ts';
import { ANNOUNCEMENTS, LEASES, PREFIX } from './keys.ts';
import { createLeaseTable, type LeaseTable } from './lease-table.ts';
import { LeaseWorker } from './lease-worker.ts';
import { type Subscription, subscribe } from './pubsub.ts';

/** How long a lost message, or a missing lease, goes unnoticed. */
const BEAT_MS = 3000;
/** Most leases added at once. */
const LEASES_PER_BEAT = 1000;
/** Longer than a process takes to start, and than several beats. */
const PATIENCE_MS = 15_000;

export interface BullQueueOptions {
  readonly url: string;
  /** How many adaptations run side by side in this process. */
  readonly concurrency: number;
  /** When a worker is silent for so long, it counts as dead and its adaptations go to others. */
  readonly lockMs: number;
  /** How long an adaptation waits for a worker process with its package (default: 15 s). */
  readonly patienceMs?: number;
  /** Called with errors that escape a handler, with its adaptation, and with errors of Redis, throttled. */
  onError(error: unknown, ref?: AdaptationRef): void;
}

/** The queue of many processes, in Redis. It starts without one; calls reject with `unavailable` until Redis is there. */
export function createBullQueue(options: BullQueueOptions): AdaptationQueue {
  return new BullQueue(options);
}

/**
 * BullMQ's jobs are leases and carry no data. A table of our own decides which adaptation runs under a lease when a worker
 * takes it, so that tenants take turns however long the backlog of one is. BullMQ makes sure that no lease is lost with
 * its worker.
 */
class BullQueue implements AdaptationQueue {
  readonly #options: BullQueueOptions;
  readonly #report: (error: unknown) => void;
  readonly #patienceMs: number;
  readonly #redis: Redis;
  readonly #table: LeaseTable;
  readonly #leases: Queue;
  readonly #listeners = new Listeners();
  readonly #subscription: Subscription;
  readonly #timer: NodeJS.Timeout;
  #worker: LeaseWorker | null = null;
  #draining: Promise<void> | null = null;

  constructor(options: BullQueueOptions) {
    this.#options = options;
    const { url, onError, patienceMs = PATIENCE_MS } = options;
    this.#patienceMs = patienceMs;
    this.#report = throttleErrors((error) => onError(error));
    this.#redis = connect(url, this.#report);
    this.#table = createLeaseTable(this.#redis, this.#patienceMs);
    this.#leases = new Queue(LEASES, {
      connection: this.#redis,
      prefix: PREFIX,
      // The check is made once, and a connection that breaks during it leaves the queue unusable.
      skipVersionCheck: true,
      streams: { events: { maxLen: 100 } },
      defaultJobOptions: {
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
      onAnnouncement: (key) => this.#listeners.tell(key),
      onCancellation: (lease) => this.#worker?.cancel(lease),
      onSubscribed: () => void this.#beat(),
      onError: this.#report,
    });
    // A subscriber writes nothing, so it would not notice a failover by itself.
    this.#redis.once('ready', () => this.#redis.on('ready', () => this.#subscription.renew()));
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS).unref();
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
      patienceMs: this.#patienceMs,
      digests,
      handler,
      onError: (error, ref) => (ref ? onError(error, ref) : this.#report(error)),
    });
    void this.#beat();
  }

  leaveToOthers(ref: AdaptationRef, digest: string): Promise<boolean> {
    return withStoreErrors(async () => (await this.#worker?.leave(ref, digest)) ?? false);
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

  /** The next beat makes up for a lost message. */
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

  /** Makes up for lost messages and missing leases. */
  async #beat(): Promise<void> {
    this.#listeners.tellAll();
    const worker = this.#worker;
    if (!worker || this.#draining) return;
    try {
      await worker.catchUp(this.#table);
      await this.#addLeases(Math.min(await this.#table.mend(), LEASES_PER_BEAT));
    } catch (error) {
      this.#report(error);
    }
  }

  /** The next beat of any worker process adds those that could not be added here. */
  async #addLeases(count: number): Promise<void> {
    // Ids of our own: a Redis that has lost its last second would give BullMQ's a second time.
    const leases = Array.from({ length: count }, () => ({
      name: 'turn',
      data: {},
      opts: { jobId: randomUUID() },
    }));
    if (count > 0) await this.#leases.addBulk(leases).catch(this.#report);
  }
}
