import type { Worker } from 'node:worker_threads';
import type { InnerloopError } from '../../../errors.ts';
import type { Predicted, PredictRun } from '../../../ports/program-runner.ts';
import type { Histogram, Meter } from '../../../ports/telemetry.ts';
import { bytesOf, mapTensors, type Tensor } from '../../../tensor.ts';
import { buffersOf, owned, type PredictJob, predictionOf } from '../threads/messages.ts';
import { WorkerThread } from '../threads/worker-thread.ts';
import { Batcher, type Computed } from './batcher.ts';
import { InlinePredictor } from './inline-predictor.ts';
import { rendezvous } from './rendezvous.ts';
import { ResidentStates } from './resident-states.ts';

interface Options {
  readonly threads: number;
  /** Bytes of adapted states in memory: on the worker threads and as inline copies, all together. */
  readonly stateBytes: number;
  /** Whether single predictions may run on the calling thread. */
  readonly predictsInline: boolean;
  readonly meter: Meter;
  spawn(): Worker;
}

/**
 * Above 64 rows, the time per row of a convolution does not decrease further, and other predictions wait longer. The other
 * two limits were chosen by measurement (docs/decisions).
 */
const BATCH_LIMITS = { maxRows: 64, flushRows: 8, maxRowsInFlight: 128 } as const;

interface PredictThread {
  readonly thread: WorkerThread;
  /** Batches the predictions on this thread. */
  readonly batcher: Batcher;
}

/** Metric label of states in this process. */
const TIER = { tier: 'memory' } as const;

/**
 * Predictions on worker threads. Each state is stored on one thread, which makes all predictions with it. A small prediction
 * runs on the calling thread when no other prediction is in flight.
 */
export class Predictor {
  readonly #threads: readonly PredictThread[];
  readonly #states: ResidentStates;
  readonly #inline: InlinePredictor;
  readonly #predictsInline: boolean;
  readonly #batchRows: Histogram;
  #inFlight = 0;

  constructor({ threads, stateBytes, predictsInline, meter, spawn }: Options) {
    this.#predictsInline = predictsInline;
    const evictions = meter.counter('innerloop_cache_evictions_total', TIER);
    const ages = meter.histogram('innerloop_cache_age_at_eviction_seconds', TIER);
    this.#batchRows = meter.histogram('innerloop_predict_batch_rows', {});
    this.#threads = Array.from({ length: threads }, (_, i) => ({
      thread: new WorkerThread(spawn, (error) => this.#onThreadExit(i, error)),
      batcher: new Batcher(BATCH_LIMITS),
    }));
    this.#states = new ResidentStates({
      maxBytes: stateBytes,
      put: (stateId, given) => {
        this.#inline.shrinkTo(stateBytes - this.#states.bytes - bytesOf(given));
        const state = mapTensors(given, owned);
        this.#threadOf(stateId).thread.post({ type: 'putState', stateId, state }, buffersOf(state));
      },
      drop: (stateId) => {
        const { thread, batcher } = this.#threadOf(stateId);
        batcher.flush(stateId);
        this.#inline.drop(stateId);
        thread.postIfRunning({ type: 'dropState', stateId });
      },
      onEvicted(unusedMs) {
        evictions.add(1);
        ages.record(unusedMs / 1000);
      },
    });
    const usedBytes = () => this.#states.bytes + this.#inline.bytes;
    this.#inline = new InlinePredictor({
      freeBytes: () => stateBytes - usedBytes(),
      fetch: async (stateId) =>
        (await this.#threadOf(stateId).thread.call({ type: 'copyState', stateId }).done).result,
    });
    meter.observe('innerloop_cache_resident_bytes', TIER, usedBytes);
  }

  async load(digest: string, predict: Uint8Array): Promise<void> {
    await Promise.all(this.#threads.map(({ thread }) => thread.load(digest, { predict })));
    if (this.#predictsInline) this.#inline.add(digest, predict);
  }

  predict(run: PredictRun): Promise<Predicted> {
    const { stateId, x, loadState } = run;
    const requestedAt = performance.now();
    return this.#states.withState(stateId, loadState, async (tier) => {
      const loadedAt = performance.now();
      const rows = x.shape[0] ?? 0;
      const forward = (batch: Tensor) => this.#forward(run, batch, rows, tier);
      this.#inFlight += 1;
      try {
        const { batcher } = this.#threadOf(stateId);
        const { y, ms: modelMs, rows: batches } = await batcher.run(stateId, forward, x);
        for (const each of batches) this.#batchRows.record(each);
        const queueMs = Math.max(0, performance.now() - loadedAt - modelMs);
        return { y, timings: { tier, cacheMs: loadedAt - requestedAt, queueMs, modelMs } };
      } finally {
        this.#inFlight -= 1;
      }
    });
  }

  forget(stateId: string): void {
    this.#states.forget(stateId);
  }

  isResident(stateId: string): boolean {
    return this.#states.has(stateId);
  }

  async close(): Promise<void> {
    await Promise.all([this.#inline.close(), ...this.#threads.map(({ thread }) => thread.close())]);
  }

  /** Runs a batch: inline when its prediction of `rows` rows is the only one in flight and runs of that size were quick. */
  async #forward({ digest, stateId }: PredictRun, x: Tensor, rows: number, tier: string): Promise<Computed> {
    const mayRunInline = this.#inFlight === 1 && this.#inline.isQuick(stateId, rows);
    const inline = mayRunInline ? this.#inline.run(digest, stateId, x) : null;
    if (inline) return inline;
    const running = forwardOn(this.#threadOf(stateId).thread, { digest, stateId, x: owned(x) });
    // Do not prepare a state that was just loaded, because many states are used only once.
    if (mayRunInline && tier === 'memory')
      this.#inline.prepare(digest, stateId, this.#states.bytesOf(stateId));
    const computed = await running;
    if (this.#states.has(stateId)) this.#inline.recordRun(stateId, x.shape[0] ?? 0, computed.ms);
    return computed;
  }

  #threadOf(stateId: string): PredictThread {
    return this.#threads[rendezvous(stateId, this.#threads.length)] as PredictThread;
  }

  #onThreadExit(index: number, error: InnerloopError): void {
    this.#threads[index]?.batcher.rejectAll(error);
    this.#states.forgetWhere((stateId) => rendezvous(stateId, this.#threads.length) === index);
  }
}

async function forwardOn(
  thread: WorkerThread,
  job: PredictJob & { readonly digest: string },
): Promise<Computed> {
  const { result, ms } = await thread.call({ type: 'predict', ...job }, buffersOf({ x: job.x })).done;
  return { y: predictionOf(result), ms };
}
