import { InnerloopError } from '../../errors.ts';
import type { ExecutionProvider } from '../../execution-providers.ts';
import type { Package } from '../../package/manifest.ts';
import { type Histogram, type Meter, noMeter } from '../../ports/meter.ts';
import type { AdaptRun, Predicted, PredictRun, ProgramRunner } from '../../ports/program-runner.ts';
import type { Tensor, Tensors } from '../../tensor.ts';
import { Batcher, type Computed } from './batcher.ts';
import { Lane } from './lane.ts';
import { leapOf } from './leap.ts';
import { buffersOf, owned, type PredictJob, type Programs } from './messages.ts';
import { rendezvous } from './rendezvous.ts';
import { ResidentStates } from './resident-states.ts';
import { spawnLane } from './spawn.ts';

export interface OnnxRunnerOptions {
  readonly predictThreads: number;
  readonly adaptThreads: number;
  /** Bytes of adapted states kept on the predicting threads, all together. */
  readonly stateBytes: number;
  /** That `chooseProvider` has answered; the CPU without. */
  readonly executionProvider?: ExecutionProvider;
  readonly meter?: Meter;
}

/** Beyond `maxRows` a convolution takes as long per row, and others wait longer; the other two were tried (ARCHITECTURE.md). */
const BATCHES = { maxRows: 64, enoughRows: 8, busyRows: 128 } as const;

/** A predicting thread, and what waits for it. */
interface Predicting {
  readonly lane: Lane;
  readonly batcher: Batcher;
}

/** What the memory for states is called where cached states are counted. */
const TIER = { tier: 'memory' } as const;

/** Programs on worker threads: some for predictions, others for adaptations, so that neither waits for the other. */
export function createOnnxRunner(options: OnnxRunnerOptions): ProgramRunner {
  return new OnnxRunner(options);
}

class OnnxRunner implements ProgramRunner {
  readonly executionProvider: ExecutionProvider;
  readonly #predicting: readonly Predicting[];
  readonly #adapting: readonly Lane[];
  readonly #states: ResidentStates;
  readonly #batchRows: Histogram;
  readonly #loaded = new Map<string, Promise<void>>();
  #closed = false;

  constructor({
    predictThreads,
    adaptThreads,
    stateBytes,
    executionProvider = 'cpu',
    meter = noMeter,
  }: OnnxRunnerOptions) {
    this.executionProvider = executionProvider;
    const evictions = meter.counter('innerloop_cache_evictions_total', TIER);
    const ages = meter.histogram('innerloop_cache_age_at_eviction_seconds', TIER);
    this.#batchRows = meter.histogram('innerloop_predict_batch_rows', {});
    const start = () => spawnLane({ executionProvider });
    this.#predicting = Array.from({ length: predictThreads }, (_, i) => ({
      lane: new Lane(start, (error) => this.#lost(i, error)),
      batcher: new Batcher(BATCHES),
    }));
    this.#adapting = Array.from({ length: adaptThreads }, () => new Lane(start, () => undefined));
    this.#states = new ResidentStates({
      maxBytes: stateBytes,
      keep: (stateId, given) => {
        const state = mapTensors(given, owned);
        this.#placeOf(stateId).lane.post({ type: 'keep', stateId, state }, buffersOf(state));
      },
      drop: (stateId) => {
        const { lane, batcher } = this.#placeOf(stateId);
        batcher.flush(stateId);
        lane.tell({ type: 'drop', stateId });
      },
      onEvicted(unusedMs) {
        evictions.add(1);
        ages.record(unusedMs / 1000);
      },
    });
    meter.observe('innerloop_cache_resident_bytes', TIER, () => this.#states.bytes);
  }

  async load(pkg: Package): Promise<void> {
    this.#requireOpen();
    const { digest, name } = pkg.manifest;
    const loading = this.#loaded.get(digest) ?? this.#load(pkg);
    this.#loaded.set(digest, loading);
    try {
      await loading;
    } catch (cause) {
      this.#loaded.delete(digest);
      throw new InnerloopError('invalid_package', `The programs of package ${name} could not be loaded`, {
        cause,
      });
    }
  }

  async #load(pkg: Package): Promise<void> {
    const { predict, ...others } = pkg.programs;
    const leap = leapOf(pkg);
    const adapt: Programs = leap ? { ...others, leap } : others;
    const { digest } = pkg.manifest;
    await Promise.all([
      ...this.#predicting.map(({ lane }) => lane.load(digest, { predict })),
      ...this.#adapting.map((lane) => lane.load(digest, adapt)),
    ]);
  }

  async adapt({ digest, x, y, steps, rate, signal, onStep }: AdaptRun): Promise<Tensors> {
    this.#requireOpen();
    signal.throwIfAborted();
    const job = { x: owned(x), y: owned(y) };
    const asked = leastBusy(this.#adapting).ask(
      { type: 'adapt', digest, ...job, steps, rate },
      buffersOf(job),
      (loss) => {
        if (!signal.aborted) onStep(loss);
      },
    );
    signal.addEventListener('abort', asked.cancel, { once: true });
    try {
      return (await asked.done).result;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', asked.cancel);
    }
  }

  async predict({ digest, stateId, x, loadState }: PredictRun): Promise<Predicted> {
    this.#requireOpen();
    const asked = performance.now();
    return this.#states.use(stateId, loadState, async (tier) => {
      const there = performance.now();
      const { lane, batcher } = this.#placeOf(stateId);
      const forward = (batch: Tensor) => forwardOn(lane, { digest, stateId, x: owned(batch) });
      const { y, ms: modelMs, rows } = await batcher.run(stateId, forward, x);
      for (const each of rows) this.#batchRows.record(each);
      const queueMs = Math.max(0, performance.now() - there - modelMs);
      return { y, served: { tier, cacheMs: there - asked, queueMs, modelMs } };
    });
  }

  async forget(stateId: string): Promise<void> {
    this.#states.forget(stateId);
  }

  isResident(stateId: string): boolean {
    return this.#states.has(stateId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const lanes = [...this.#predicting.map(({ lane }) => lane), ...this.#adapting];
    await Promise.all(lanes.map((lane) => lane.close()));
  }

  #placeOf(stateId: string): Predicting {
    return this.#predicting[rendezvous(stateId, this.#predicting.length)] as Predicting;
  }

  #lost(place: number, error: InnerloopError): void {
    this.#predicting[place]?.batcher.abandon(error);
    this.#states.forgetWhere((stateId) => rendezvous(stateId, this.#predicting.length) === place);
  }

  #requireOpen(): void {
    if (this.#closed)
      throw new InnerloopError('unavailable', 'The service is shutting down', { retryAfterSeconds: 1 });
  }
}

async function forwardOn(lane: Lane, job: PredictJob & { readonly digest: string }): Promise<Computed> {
  const { result, ms } = await lane.ask({ type: 'predict', ...job }, buffersOf({ x: job.x })).done;
  const { y } = result;
  if (!y || ms === undefined)
    throw new InnerloopError('internal', 'A program could not be run', { cause: 'No y came back' });
  return { y, ms };
}

function leastBusy(lanes: readonly Lane[]): Lane {
  return lanes.reduce((least, lane) => (lane.pending < least.pending ? lane : least));
}

function mapTensors(tensors: Tensors, change: (each: Tensor) => Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, each]) => [name, change(each)]));
}
