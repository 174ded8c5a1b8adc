import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import { Listeners } from '../listeners.ts';
import { connect, reaching } from '../redis/connection.ts';
import { refKey } from '../ref-key.ts';
import { sparingly } from '../throttle-errors.ts';
import { NEWS, PREFIX, TURNS } from './keys.ts';
import { type TurnTable, turnTable } from './lease-table.ts';
import { TurnWorker } from './lease-worker.ts';
import { subscribeToNews } from './pubsub.ts';

/** How long news that was lost, or a turn that is missing, goes unnoticed. */
const BEAT_MS = 3000;
/** Most turns added at once. */
const TURNS_PER_BEAT = 1000;

export interface BullQueueOptions {
  readonly url: string;
  /** How many adaptations run side by side in this process. */
  readonly concurrency: number;
  /** A worker that says nothing for so long is taken for dead, and its adaptations go to others. */
  readonly lockMs: number;
  /** What escapes a handler, with its adaptation; and what Redis does to us, now and then. */
  onError(error: unknown, ref?: AdaptationRef): void;
}

/** The queue of many processes, in Redis. It needs none to begin with: what asks for Redis then is `unavailable`. */
export function createBullQueue(options: BullQueueOptions): AdaptationQueue {
  return new BullQueue(options);
}

/**
 * BullMQ's jobs are turns and carry nothing: what a worker that takes one is to run is decided then, by a table of our
 * own, so that tenants take turns whatever the backlog of one. BullMQ sees to it that no turn is lost with its worker.
 */
class BullQueue implements AdaptationQueue {
  readonly #options: BullQueueOptions;
  readonly #report: (error: unknown) => void;
  readonly #redis: Redis;
  readonly #table: TurnTable;
  readonly #turns: Queue;
  readonly #listeners = new Listeners();
  readonly #news: Disposable;
  readonly #timer: NodeJS.Timeout;
  #worker: TurnWorker | null = null;
  #draining: Promise<void> | null = null;

  constructor(options: BullQueueOptions) {
    this.#options = options;
    const { url, onError } = options;
    this.#report = sparingly((error) => onError(error));
    this.#redis = connect(url, this.#report);
    this.#table = turnTable(this.#redis);
    this.#turns = new Queue(TURNS, {
      connection: this.#redis,
      prefix: PREFIX,
      // It is asked for once, and a connection that breaks while it is leaves the queue unusable.
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
    this.#turns.on('error', this.#report);
    this.#news = subscribeToNews({
      url,
      onAnnouncement: (key) => this.#listeners.tell(key),
      onCancellation: (turn) => this.#worker?.cancel(turn),
      onSubscribed: () => void this.#beat(),
      onError: this.#report,
    });
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS).unref();
  }

  submit(ref: AdaptationRef): Promise<void> {
    return reaching(async () => {
      if (await this.#table.submit(ref)) await this.#addTurns(1);
    });
  }

  process(handler: (ref: AdaptationRef, signal: AbortSignal) => Promise<void>): void {
    if (this.#draining) return;
    if (this.#worker) throw new Error('Expected one handler, got a second');
    const { url, concurrency, lockMs, onError } = this.#options;
    this.#worker = new TurnWorker({
      url,
      concurrency,
      lockMs,
      handler,
      onError: (error, ref) => (ref ? onError(error, ref) : this.#report(error)),
    });
  }

  cancel(ref: AdaptationRef): Promise<void> {
    return reaching(async () => {
      const turn = await this.#table.cancel(ref);
      if (turn) this.#worker?.cancel(turn);
    });
  }

  depth(): Promise<number> {
    return reaching(() => this.#table.depth());
  }

  /** News that is lost is made good by the next beat. */
  async announce(ref: AdaptationRef): Promise<void> {
    await this.#redis.publish(NEWS, refKey(ref)).catch(this.#report);
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
    this.#news[Symbol.dispose]();
    await this.#turns.close();
    this.#redis.disconnect();
  }

  /** Notices what nobody told us, or could not. */
  async #beat(): Promise<void> {
    this.#listeners.tellAll();
    const worker = this.#worker;
    if (!worker || this.#draining) return;
    try {
      await worker.catchUp(this.#table);
      await this.#addTurns(Math.min(await this.#table.mend(), TURNS_PER_BEAT));
    } catch (error) {
      this.#report(error);
    }
  }

  /** One that could not be added is missed, and added, by the next beat of any process that runs adaptations. */
  async #addTurns(count: number): Promise<void> {
    // Ids of our own: a Redis that has lost its last second would give BullMQ's a second time.
    const turns = Array.from({ length: count }, () => ({
      name: 'turn',
      data: {},
      opts: { jobId: randomUUID() },
    }));
    if (count > 0) await this.#turns.addBulk(turns).catch(this.#report);
  }
}
