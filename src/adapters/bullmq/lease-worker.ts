import { setTimeout } from 'node:timers/promises';
import { type Job, WaitingError, Worker } from 'bullmq';
import type { AbortReason, AdaptationRef } from '../../ports/adaptation-queue.ts';
import { redeliveryDelayMs, refKey } from '../queue-parts.ts';
import { connectWorker, type WorkerConnections } from '../redis/connection.ts';
import {
  type AdaptationTable,
  type Claim,
  createAdaptationTable,
  type PackageWaits,
} from './adaptation-table.ts';
import { LEASES, PREFIX } from './key-names.ts';

/** Time to send the last messages to Redis after all handlers have returned. */
const LAST_MESSAGES_MS = 1500;
/** How long this process holds a lease when all waiting adaptations need other processes. */
const OTHERS_PAUSE_MS = 250;
/** Pause after an error of Redis when asking for a lease. */
const ERROR_PAUSE_MS = 500;

export interface LeaseWorkerOptions {
  readonly url: string;
  readonly concurrency: number;
  /** When a worker process is silent for this long, BullMQ gives its leases to other processes. */
  readonly lockMs: number;
  readonly waits: PackageWaits;
  /** Digests of the packages that this process has. */
  readonly digests: readonly string[];
  handler(ref: AdaptationRef, signal: AbortSignal): Promise<void>;
  onError(error: unknown, ref?: AdaptationRef): void;
}

interface Run extends Claim {
  readonly abort: AbortController;
  readonly returned: Promise<void>;
  isHandedOver: boolean;
}

/** Pauses after an error. BullMQ itself pauses only after connection errors, and repeats others thousands of times a second. */
class PacedWorker extends Worker {
  protected override async moveToActive(token: string, name?: string): ReturnType<Worker['moveToActive']> {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      if (!this.closing) await this.delay(ERROR_PAUSE_MS);
      throw error;
    }
  }
}

/** Without its version check, BullMQ assumes Redis before 6 and rounds waits for delayed leases up to a second. */
function allowShortBlocks({ backend }: Worker): void {
  const { blockingConnection } = backend;
  if (blockingConnection) blockingConnection.capabilities = { canDoubleTimeout: true, canBlockFor1Ms: false };
}

/** Takes leases from BullMQ. Under each lease it runs the adaptation that the table assigns. */
export class LeaseWorker {
  readonly #options: LeaseWorkerOptions;
  readonly #connections: WorkerConnections;
  readonly #table: AdaptationTable;
  readonly #worker: Worker;
  readonly #runs = new Set<Run>();
  readonly #draining = new AbortController();

  constructor(options: LeaseWorkerOptions) {
    this.#options = options;
    const { url, concurrency, lockMs, waits, onError } = options;
    this.#connections = connectWorker(url, onError);
    this.#table = createAdaptationTable(this.#connections.redis, waits);
    this.#worker = new PacedWorker(LEASES, (job, token) => this.#take(job, token), {
      connection: this.#connections.redis,
      prefix: PREFIX,
      // The check calls INFO. If the user has no permission for it, every command of this worker rejects at once, and
      // BullMQ's loop blocks the event loop.
      skipVersionCheck: true,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      // As for `attempts` in `bull-queue.ts`: the service counts them in the record.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      settings: { backoffStrategy: redeliveryDelayMs },
    });
    this.#worker.on('error', onError);
    this.#worker.waitUntilReady().then(() => allowShortBlocks(this.#worker), onError);
  }

  /** Aborts the run under the lease if it is in this process. */
  cancel(lease: string): void {
    for (const run of this.#runs) if (run.lease === lease) abort(run, 'cancelled');
  }

  /** As `AdaptationTable.handOver`, for an adaptation whose handler runs in this process. */
  async handOver(ref: AdaptationRef, digest: string): Promise<boolean> {
    const key = refKey(ref);
    const run = [...this.#runs].find((each) => refKey(each.ref) === key);
    if (run) run.isHandedOver = await this.#table.handOver(run, digest);
    return run?.isHandedOver ?? false;
  }

  /** Call this at intervals. It reports the packages, and aborts runs whose cancellation message was lost. */
  async catchUp(table: AdaptationTable): Promise<void> {
    await table.reportPackages(this.#options.digests);
    for (const run of await table.noLongerValid([...this.#runs]))
      if (!run.isHandedOver) abort(run, 'cancelled');
  }

  /** Aborts all runs. Resolves when they have returned and other processes can take their adaptations. */
  async drain(): Promise<void> {
    this.#draining.abort();
    const closed = this.#worker.close().catch(this.#options.onError);
    for (const run of this.#runs) abort(run, 'shutdown');
    await Promise.all([...this.#runs].map(({ returned }) => returned));
    // Do not wait longer: BullMQ's `close` waits while Redis is away.
    await Promise.race([closed, setTimeout(LAST_MESSAGES_MS, undefined, { ref: false })]);
    this.#connections.end();
  }

  async #take(job: Job, token: string | undefined): Promise<void> {
    const { signal } = this.#draining;
    const outcome = signal.aborted ? 'more' : await this.#run(job.id ?? '');
    if (outcome === 'done') return;
    if (outcome === 'others') await setTimeout(OTHERS_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    // The next worker takes this lease first and runs its adaptation.
    await job.moveToWait(token);
    throw new WaitingError();
  }

  /** `done`: the lease can end. `more`: it is needed again. `others`: it is needed again, but only in other processes. */
  async #run(lease: string): Promise<'done' | 'more' | 'others'> {
    const ref = await this.#reportErrors(this.#table.claim(lease, this.#options.digests));
    if (ref === 'others') return 'others';
    if (!ref) return 'done';
    if (this.#draining.signal.aborted) return 'more';
    const { abort, isHandedOver } = await this.#handle(lease, ref);
    if (isHandedOver) return 'more';
    if (abort.signal.reason === ('shutdown' satisfies AbortReason)) return 'more';
    return (await this.#reportErrors(this.#table.release(lease))) ? 'more' : 'done';
  }

  /** Rejects if the handler fails without an abort. BullMQ then delivers the lease again later. */
  async #handle(lease: string, ref: AdaptationRef): Promise<Run> {
    const abort = new AbortController();
    // Start the handler after `#runs` contains the run: the handler may leave the run to others at once.
    const handling = Promise.resolve().then(() => this.#options.handler(ref, abort.signal));
    const run: Run = { lease, ref, abort, returned: handling.catch(() => undefined), isHandedOver: false };
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

  /** BullMQ retries after an error without reporting it. */
  async #reportErrors<T>(work: Promise<T>): Promise<T> {
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
