import type { Worker } from 'node:worker_threads';
import type { InnerloopError } from '../../../errors.ts';
import type { Predicted, PredictRun } from '../../../ports/program-runner.ts';
import type { Histogram, Meter } from '../../../ports/telemetry.ts';
import { bytesOf, mapTensors, type Tensor } from '../../../tensor.ts';
import { buffersOf, owned, type PredictJob } from '../threads/messages.ts';
import { Lane, notRun } from '../threads/worker-thread.ts';
import { Batcher, type Computed } from './batcher.ts';
import { OwnThread } from './inline-predictor.ts';
import { rendezvous } from './rendezvous.ts';
import { ResidentStates } from './resident-states.ts';

interface Options {
  readonly threads: number;
  /** Bytes of adapted states kept on these threads and on the own, all together. */
  readonly stateBytes: number;
  /** Whether predictions that are alone may be made on the own thread. */
  readonly usesOwnThread: boolean;
  readonly meter: Meter;
  start(): Worker;
}

/** Beyond `maxRows` a convolution takes as long per row, and others wait longer; the other two were tried (ARCHITECTURE.md). */
const BATCHES = { maxRows: 64, enoughRows: 8, busyRows: 128 } as const;

/** A thread, and what waits for it. */
interface Place {
  readonly lane: Lane;
  readonly batcher: Batcher;
}

/** What the memory for states is called where cached states are counted. */
const TIER = { tier: 'memory' } as const;

/** Predictions: each state lives on the thread that serves it, and where small ones come one at a time, here too. */
export class Predicting {
  readonly #places: readonly Place[];
  readonly #states: ResidentStates;
  readonly #ownThread: OwnThread;
  readonly #usesOwnThread: boolean;
  readonly #batchRows: Histogram;
  #underWay = 0;

  constructor({ threads, stateBytes, usesOwnThread, meter, start }: Options) {
    this.#usesOwnThread = usesOwnThread;
    const evictions = meter.counter('innerloop_cache_evictions_total', TIER);
    const ages = meter.histogram('innerloop_cache_age_at_eviction_seconds', TIER);
    this.#batchRows = meter.histogram('innerloop_predict_batch_rows', {});
    this.#places = Array.from({ length: threads }, (_, i) => ({
      lane: new Lane(start, (error) => this.#lost(i, error)),
      batcher: new Batcher(BATCHES),
    }));
    this.#states = new ResidentStates({
      maxBytes: stateBytes,
      keep: (stateId, given) => {
        this.#ownThread.shrinkTo(stateBytes - this.#states.bytes - bytesOf(given));
        const state = mapTensors(given, owned);
        this.#placeOf(stateId).lane.post({ type: 'keep', stateId, state }, buffersOf(state));
      },
      drop: (stateId) => {
        const { lane, batcher } = this.#placeOf(stateId);
        batcher.flush(stateId);
        this.#ownThread.drop(stateId);
        lane.tell({ type: 'drop', stateId });
      },
      onEvicted(unusedMs) {
        evictions.add(1);
        ages.record(unusedMs / 1000);
      },
    });
    const bytes = () => this.#states.bytes + this.#ownThread.bytes;
    this.#ownThread = new OwnThread({
      room: () => stateBytes - bytes(),
      fetch: async (stateId) =>
        (await this.#placeOf(stateId).lane.ask({ type: 'copy', stateId }).done).result,
    });
    meter.observe('innerloop_cache_resident_bytes', TIER, bytes);
  }

  async load(digest: string, predict: Uint8Array): Promise<void> {
    await Promise.all(this.#places.map(({ lane }) => lane.load(digest, { predict })));
    if (this.#usesOwnThread) this.#ownThread.add(digest, predict);
  }

  predict(run: PredictRun): Promise<Predicted> {
    const { stateId, x, loadState } = run;
    const asked = performance.now();
    return this.#states.use(stateId, loadState, async (tier) => {
      const there = performance.now();
      const rows = x.shape[0] ?? 0;
      const forward = (batch: Tensor) => this.#forward(run, batch, rows, tier);
      this.#underWay += 1;
      try {
        const {
          y,
          ms: modelMs,
          rows: batches,
        } = await this.#placeOf(stateId).batcher.run(stateId, forward, x);
        for (const each of batches) this.#batchRows.record(each);
        const queueMs = Math.max(0, performance.now() - there - modelMs);
        return { y, timings: { tier, cacheMs: there - asked, queueMs, modelMs } };
      } finally {
        this.#underWay -= 1;
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
    await Promise.all([this.#ownThread.close(), ...this.#places.map(({ lane }) => lane.close())]);
  }

  /** What is alone, `rows` altogether, is made here if it is quick: nobody waits for it, and it for no other thread. */
  async #forward({ digest, stateId }: PredictRun, x: Tensor, rows: number, tier: string): Promise<Computed> {
    const isForHere = this.#underWay === 1 && this.#ownThread.isQuick(stateId, rows);
    const here = isForHere ? this.#ownThread.run(digest, stateId, x) : null;
    if (here) return here;
    const there = forwardOn(this.#placeOf(stateId).lane, { digest, stateId, x: owned(x) });
    // Behind it, and not for one that was just loaded: many a state is used but once.
    if (isForHere && tier === 'memory')
      this.#ownThread.prepare(digest, stateId, this.#states.bytesOf(stateId));
    const computed = await there;
    if (this.#states.has(stateId)) this.#ownThread.learn(stateId, x.shape[0] ?? 0, computed.ms);
    return computed;
  }

  #placeOf(stateId: string): Place {
    return this.#places[rendezvous(stateId, this.#places.length)] as Place;
  }

  #lost(place: number, error: InnerloopError): void {
    this.#places[place]?.batcher.abandon(error);
    this.#states.forgetWhere((stateId) => rendezvous(stateId, this.#places.length) === place);
  }
}

async function forwardOn(lane: Lane, job: PredictJob & { readonly digest: string }): Promise<Computed> {
  const { result, ms } = await lane.ask({ type: 'predict', ...job }, buffersOf({ x: job.x })).done;
  const { y } = result;
  if (!y || ms === undefined) throw notRun('No y came back');
  return { y, ms };
}
