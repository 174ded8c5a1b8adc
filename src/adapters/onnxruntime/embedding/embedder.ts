import { availableParallelism } from 'node:os';
import { InnerloopError } from '../../../errors.ts';
import type { ExecutionProvider } from '../../../execution-providers.ts';
import type { Encoder } from '../../../package/encoder/encoder.ts';
import { type Embedder, type EmbedRun, URGENCIES } from '../../../ports/embedder.ts';
import { type Counter, type Histogram, type Meter, noMeter } from '../../../ports/telemetry.ts';
import { mapTensors, splitRows, type Tensor } from '../../../tensor.ts';
import { buffersOf, owned } from '../threads/messages.ts';
import { spawnWorkerThread } from '../threads/spawn.ts';
import { WorkerThread } from '../threads/worker-thread.ts';
import { joinInputs, type Paddings } from './join-inputs.ts';
import { type WaitingInput, WaitingInputs } from './waiting-inputs.ts';

export interface OnnxEmbedderOptions {
  /** Threads that compute one run. Default: all cores. */
  readonly threads?: number;
  readonly executionProvider?: ExecutionProvider;
  /** Default: no metrics. */
  readonly meter?: Meter;
}

interface Loaded {
  readonly batch: number;
  readonly paddings: Paddings;
  readonly runSeconds: Histogram;
  readonly examples: Counter;
}

/** One thread owns the sessions of all encoders. It runs small batches, one after the other, each with all cores. */
export function createOnnxEmbedder({
  threads = availableParallelism(),
  executionProvider = 'cpu',
  meter = noMeter,
}: OnnxEmbedderOptions = {}): Embedder {
  const thread = new WorkerThread(
    () => spawnWorkerThread({ executionProvider, threads }),
    () => undefined,
  );
  const loaded = new Map<string, Loaded>();
  const loading = new Map<string, Promise<void>>();
  const waiting = new WaitingInputs();
  let isRunning = false;
  let isScheduled = false;
  let isClosed = false;

  for (const urgency of URGENCIES)
    meter.observe('innerloop_embed_queue_depth', { urgency }, () => waiting.count(urgency));

  async function load({ manifest, program, folder }: Encoder): Promise<void> {
    const { digest, name, batch, preparation } = manifest;
    try {
      await thread.loadEncoder(digest, { program, folder });
    } catch (cause) {
      loading.delete(digest);
      throw new InnerloopError('invalid_package', `Encoder ${name} could not be loaded`, { cause });
    }
    const tokens = preparation.kind === 'text' ? preparation.tokens : undefined;
    loaded.set(digest, {
      batch,
      paddings: tokens ? { [tokens.ids]: tokens.pad } : {},
      runSeconds: meter.histogram('innerloop_embed_run_seconds', { encoder: name }),
      examples: meter.counter('innerloop_embed_examples_total', { encoder: name }),
    });
  }

  /** Starts the next run after one turn of the event loop, so that inputs of this turn share a run. */
  function schedule(): void {
    if (isRunning || isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      void runAll();
    });
  }

  async function runAll(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    for (let run = startNext(); run; ) {
      const answer = await run;
      // First the next run, so that the thread does not wait for what callers do with their features.
      run = startNext();
      answer();
    }
    isRunning = false;
  }

  /** Starts the next run. It resolves to a function that answers its inputs. Null when no input waits. */
  function startNext(): Promise<() => void> | null {
    const batch = waiting.take((encoder) => loaded.get(encoder)?.batch ?? 1);
    return batch.length > 0 ? start(batch) : null;
  }

  async function start(batch: readonly WaitingInput[]): Promise<() => void> {
    const [{ encoder } = { encoder: '' }] = batch;
    try {
      const inputs = mapTensors(
        joinInputs(
          batch.map((each) => each.inputs),
          loaded.get(encoder)?.paddings,
        ),
        owned,
      );
      const { result, ms } = await thread.call({ type: 'embed', digest: encoder, inputs }, buffersOf(inputs))
        .done;
      loaded.get(encoder)?.runSeconds.record(ms / 1000);
      loaded.get(encoder)?.examples.add(batch.length);
      const rows = splitRows(result.features as Tensor, 1);
      return () =>
        rows.forEach(({ shape: [, ...shape], data }, i) => {
          batch[i]?.resolve({ shape, data: data.slice() });
        });
    } catch (error) {
      return () => {
        for (const { reject } of batch) reject(error);
      };
    }
  }

  function embed(run: EmbedRun): Promise<Tensor> {
    return new Promise((resolve, reject) => {
      const { encoder, signal } = run;
      if (isClosed) throw closed();
      signal?.throwIfAborted();
      if (!loaded.has(encoder)) throw new RangeError('Expected a loaded encoder');
      const input: WaitingInput = {
        ...run,
        resolve(features) {
          signal?.removeEventListener('abort', abort);
          resolve(features);
        },
        reject(error) {
          signal?.removeEventListener('abort', abort);
          reject(error);
        },
      };
      // A run that has started continues, and its features are dropped.
      const abort = () => {
        waiting.remove(input);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      waiting.add(input);
      schedule();
    });
  }

  return {
    load(encoder) {
      const { digest } = encoder.manifest;
      const started = loading.get(digest) ?? load(encoder);
      loading.set(digest, started);
      return started;
    },
    embed,
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const { reject } of waiting.takeAll()) reject(closed());
      await thread.close();
    },
  };
}

function closed(): InnerloopError {
  return new InnerloopError('unavailable', 'The service is shutting down', { retryAfterSeconds: 1 });
}
