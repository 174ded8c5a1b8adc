import { setTimeout } from 'node:timers/promises';
import { type Job, WaitingError, Worker } from 'bullmq';
import type { AbortReason, AdaptationRef } from '../../ports/adaptation-queue.ts';
import { redeliveryDelayMs } from '../redelivery-delay.ts';
import { PREFIX, TURNS } from './keys.ts';
import { type Claim, type TurnTable, turnTable } from './lease-table.ts';
import { connectWorker, type WorkerConnections } from './worker-connections.ts';

/** What is left to tell Redis when all handlers have returned may take so long. */
const LAST_WORDS_MS = 1500;

export interface TurnWorkerOptions {
  readonly url: string;
  readonly concurrency: number;
  /** A turn whose worker says nothing for so long is another's. */
  readonly lockMs: number;
  handler(ref: AdaptationRef, signal: AbortSignal): Promise<void>;
  onError(error: unknown, ref?: AdaptationRef): void;
}

interface Run extends Claim {
  readonly abort: AbortController;
  readonly returned: Promise<void>;
}

/** Takes turns from BullMQ, and runs in each what the table says. */
export class TurnWorker {
  readonly #options: TurnWorkerOptions;
  readonly #connections: WorkerConnections;
  readonly #table: TurnTable;
  readonly #worker: Worker;
  readonly #runs = new Set<Run>();
  #draining = false;

  constructor(options: TurnWorkerOptions) {
    this.#options = options;
    const { url, concurrency, lockMs, onError } = options;
    this.#connections = connectWorker(url, onError);
    this.#table = turnTable(this.#connections.redis);
    this.#worker = new Worker(TURNS, (job, token) => this.#take(job, token), {
      connection: this.#connections.redis,
      prefix: PREFIX,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      // Who gives up on an adaptation is the service: it counts in the record.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      settings: { backoffStrategy: redeliveryDelayMs },
    });
    this.#worker.on('error', onError);
  }

  /** Stops what the turn runs, if it runs here. */
  cancel(turn: string): void {
    for (const run of this.#runs) if (run.turn === turn) abort(run, 'cancelled');
  }

  /** Stops what was cancelled without our hearing of it. */
  async catchUp(table: TurnTable): Promise<void> {
    for (const run of await table.lost([...this.#runs])) abort(run, 'cancelled');
  }

  /** Aborts what runs, and resolves when it has returned and others go on with it. */
  async drain(): Promise<void> {
    this.#draining = true;
    const closed = this.#worker.close().catch(this.#options.onError);
    for (const run of this.#runs) abort(run, 'shutdown');
    await Promise.all([...this.#runs].map(({ returned }) => returned));
    // BullMQ waits for a Redis that is away for as long as it is.
    await Promise.race([closed, setTimeout(LAST_WORDS_MS, undefined, { ref: false })]);
    this.#connections.end();
  }

  async #take(job: Job, token: string | undefined): Promise<void> {
    if (!this.#draining && (await this.#run(job.id ?? '')) === 'done') return;
    // The next worker takes this turn first, and goes on with what it bears.
    await job.moveToWait(token);
    throw new WaitingError();
  }

  /** Whether the turn is done, or has more to do: here or, after a drain, elsewhere. */
  async #run(turn: string): Promise<'done' | 'more'> {
    const ref = await this.#reporting(this.#table.claim(turn));
    if (!ref) return 'done';
    if (this.#draining) return 'more';
    const signal = await this.#handle(turn, ref);
    if (signal.reason === 'shutdown') return 'more';
    return (await this.#reporting(this.#table.release(turn))) ? 'more' : 'done';
  }

  /** Answers the signal that the handler had. Rejects if the handler has failed by itself: the turn comes back later. */
  async #handle(turn: string, ref: AdaptationRef): Promise<AbortSignal> {
    const abort = new AbortController();
    const handling = (async () => this.#options.handler(ref, abort.signal))();
    const run: Run = { turn, ref, abort, returned: handling.catch(() => undefined) };
    this.#runs.add(run);
    try {
      await handling;
    } catch (error) {
      this.#options.onError(error, ref);
      if (!abort.signal.aborted) throw error;
    } finally {
      this.#runs.delete(run);
    }
    return abort.signal;
  }

  /** BullMQ tries again what has failed, and tells nobody. */
  async #reporting<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.#options.onError(error);
      throw error;
    }
  }
}

function abort({ abort }: Run, reason: AbortReason): void {
  abort.abort(reason);
}
