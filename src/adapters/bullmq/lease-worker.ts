import { setTimeout } from 'node:timers/promises';
import { type Job, WaitingError, Worker } from 'bullmq';
import type { AbortReason, AdaptationRef } from '../../ports/adaptation-queue.ts';
import { redeliveryDelayMs } from '../redelivery-delay.ts';
import { connectWorker, type WorkerConnections } from '../redis/connection.ts';
import { refKey } from '../ref-key.ts';
import { LEASES, PREFIX } from './keys.ts';
import { type Claim, createLeaseTable, type LeaseTable } from './lease-table.ts';

/** Time for the last messages to Redis when all handlers have returned. */
const LAST_MESSAGES_MS = 1500;
/** How long a lease rests here when all that waits is for other processes. */
const REST_MS = 250;
/** Pause after Redis has refused to hand out a lease. */
const REFUSED_MS = 500;

export interface LeaseWorkerOptions {
  readonly url: string;
  readonly concurrency: number;
  /** When a worker is silent for so long, its leases go to others. */
  readonly lockMs: number;
  /** How long an adaptation waits for a process with its package. */
  readonly patienceMs: number;
  /** Digests of the packages that this process has. */
  readonly digests: readonly string[];
  handler(ref: AdaptationRef, signal: AbortSignal): Promise<void>;
  onError(error: unknown, ref?: AdaptationRef): void;
}

interface Run extends Claim {
  readonly abort: AbortController;
  readonly returned: Promise<void>;
  isLeft: boolean;
}

/** BullMQ asks again at once after an error that is not one of the connection, thousands of times in a second. */
class PacedWorker extends Worker {
  protected override async moveToActive(token: string, name?: string): ReturnType<Worker['moveToActive']> {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      if (!this.closing) await this.delay(REFUSED_MS);
      throw error;
    }
  }
}

/** Without the version check BullMQ rounds each wait for a delayed lease up to a second, for the sake of Redis before 6. */
function allowShortBlocks({ backend }: Worker): void {
  const { blockingConnection } = backend;
  if (blockingConnection) blockingConnection.capabilities = { canDoubleTimeout: true, canBlockFor1Ms: false };
}

/** Takes leases from BullMQ, and runs under each the adaptation that the table gives it. */
export class LeaseWorker {
  readonly #options: LeaseWorkerOptions;
  readonly #connections: WorkerConnections;
  readonly #table: LeaseTable;
  readonly #worker: Worker;
  readonly #runs = new Set<Run>();
  readonly #draining = new AbortController();

  constructor(options: LeaseWorkerOptions) {
    this.#options = options;
    const { url, concurrency, lockMs, patienceMs, onError } = options;
    this.#connections = connectWorker(url, onError);
    this.#table = createLeaseTable(this.#connections.redis, patienceMs);
    this.#worker = new PacedWorker(LEASES, (job, token) => this.#take(job, token), {
      connection: this.#connections.redis,
      prefix: PREFIX,
      // The check calls INFO. If the user may not, every command of this worker would reject without any input or
      // output, and its loop would keep the process from doing anything else.
      skipVersionCheck: true,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      // The service decides when to give up on an adaptation: it counts attempts in the record.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      settings: { backoffStrategy: redeliveryDelayMs },
    });
    this.#worker.on('error', onError);
    this.#worker.waitUntilReady().then(() => allowShortBlocks(this.#worker), onError);
  }

  /** Aborts the run under the lease, if it is here. */
  cancel(lease: string): void {
    for (const run of this.#runs) if (run.lease === lease) abort(run, 'cancelled');
  }

  /** As `LeaseTable.leave`, for an adaptation whose handler runs here. */
  async leave(ref: AdaptationRef, digest: string): Promise<boolean> {
    const key = refKey(ref);
    const run = [...this.#runs].find((each) => refKey(each.ref) === key);
    if (run) run.isLeft = await this.#table.leave(run, digest);
    return run?.isLeft ?? false;
  }

  /** What has to be done now and then: messages may be lost. */
  async catchUp(table: LeaseTable): Promise<void> {
    await table.havePackages(this.#options.digests);
    for (const run of await table.lost([...this.#runs])) if (!run.isLeft) abort(run, 'cancelled');
  }

  /** Aborts all runs, and resolves when they have returned and others can go on with them. */
  async drain(): Promise<void> {
    this.#draining.abort();
    const closed = this.#worker.close().catch(this.#options.onError);
    for (const run of this.#runs) abort(run, 'shutdown');
    await Promise.all([...this.#runs].map(({ returned }) => returned));
    // BullMQ waits as long as Redis is away.
    await Promise.race([closed, setTimeout(LAST_MESSAGES_MS, undefined, { ref: false })]);
    this.#connections.end();
  }

  async #take(job: Job, token: string | undefined): Promise<void> {
    const { signal } = this.#draining;
    const outcome = signal.aborted ? 'more' : await this.#run(job.id ?? '');
    if (outcome === 'done') return;
    if (outcome === 'others') await setTimeout(REST_MS, undefined, { signal }).catch(() => undefined);
    // The next worker takes this lease first, and goes on with its adaptation.
    await job.moveToWait(token);
    throw new WaitingError();
  }

  /** Whether the lease is done, or has more to do: here or, after a drain, elsewhere; or only in `others`. */
  async #run(lease: string): Promise<'done' | 'more' | 'others'> {
    const ref = await this.#reporting(this.#table.claim(lease, this.#options.digests));
    if (ref === 'others') return 'others';
    if (!ref) return 'done';
    if (this.#draining.signal.aborted) return 'more';
    const { abort, isLeft } = await this.#handle(lease, ref);
    if (isLeft) return 'more';
    if (abort.signal.reason === ('shutdown' satisfies AbortReason)) return 'more';
    return (await this.#reporting(this.#table.release(lease))) ? 'more' : 'done';
  }

  /** Rejects if the handler has failed without being aborted: BullMQ delivers the lease again later. */
  async #handle(lease: string, ref: AdaptationRef): Promise<Run> {
    const abort = new AbortController();
    // Not before the run is known here: the handler may leave it to others at once.
    const handling = Promise.resolve().then(() => this.#options.handler(ref, abort.signal));
    const run: Run = { lease, ref, abort, returned: handling.catch(() => undefined), isLeft: false };
    this.#runs.add(run);
    try {
      await handling;
    } catch (error) {
      this.#options.onError(error, ref);
      if (!abort.signal.aborted) throw error;
    } finally {
      this.#runs.delete(run);
    }
    return run;
  }

  /** BullMQ tries again after an error, and reports none. */
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
