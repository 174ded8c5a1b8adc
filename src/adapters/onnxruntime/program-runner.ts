import { InnerloopError } from '../../errors.ts';
import type { ExecutionProvider } from '../../execution-providers.ts';
import type { Package } from '../../package/manifest.ts';
import type {
  AdaptRun,
  Predicted,
  PredictRun,
  ProgramRunner,
  SplitsRun,
} from '../../ports/program-runner.ts';
import { type Meter, noMeter } from '../../ports/telemetry.ts';
import type { Tensor, Tensors } from '../../tensor.ts';
import { unrollSteps } from './adapting/unrolled-steps.ts';
import { Predictor } from './predicting/predictor.ts';
import { buffersOf, owned, type Programs } from './threads/messages.ts';
import { spawnWorkerThread } from './threads/spawn.ts';
import { type CallRequest, WorkerThread } from './threads/worker-thread.ts';

export interface OnnxRunnerOptions {
  readonly predictThreads: number;
  readonly adaptThreads: number;
  /** Bytes of all adapted states in memory together. */
  readonly stateBytes: number;
  /** From `chooseProvider`. Default: `cpu`. */
  readonly executionProvider?: ExecutionProvider;
  /** Default: no metrics. */
  readonly meter?: Meter;
}

/** Runs programs on worker threads. Predictions and adaptations have separate threads and never wait for each other. */
export function createOnnxRunner(options: OnnxRunnerOptions): ProgramRunner {
  return new OnnxRunner(options);
}

class OnnxRunner implements ProgramRunner {
  readonly executionProvider: ExecutionProvider;
  readonly #predictor: Predictor;
  readonly #adaptThreads: readonly WorkerThread[];
  readonly #loaded = new Map<string, Promise<void>>();
  #isClosed = false;

  constructor({
    predictThreads,
    adaptThreads,
    stateBytes,
    executionProvider = 'cpu',
    meter = noMeter,
  }: OnnxRunnerOptions) {
    this.executionProvider = executionProvider;
    const spawn = () => spawnWorkerThread({ executionProvider });
    // A run on another provider blocks the calling thread until the device answers.
    const predictsInline = executionProvider === 'cpu';
    this.#predictor = new Predictor({ threads: predictThreads, stateBytes, predictsInline, meter, spawn });
    this.#adaptThreads = Array.from({ length: adaptThreads }, () => new WorkerThread(spawn, () => undefined));
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
    const { predict } = pkg.programs;
    const unrolled = unrollSteps(pkg);
    const adapt: Programs = unrolled ? { ...pkg.programs, unrolled } : pkg.programs;
    const { digest } = pkg.manifest;
    await Promise.all([
      this.#predictor.load(digest, predict),
      ...this.#adaptThreads.map((thread) => thread.load(digest, adapt)),
    ]);
  }

  async adapt({ digest, x, y, steps, rate, signal, onStep }: AdaptRun): Promise<Tensors> {
    this.#requireOpen();
    signal.throwIfAborted();
    const job = { x: owned(x), y: owned(y) };
    const onLoss = (loss: number) => {
      if (!signal.aborted) onStep(loss);
    };
    return this.#adapting({ type: 'adapt', digest, ...job, steps, rate }, job, signal, onLoss);
  }

  async splits({ digest, x, y, steps, rate, signal, splits }: SplitsRun): Promise<readonly Tensor[]> {
    this.#requireOpen();
    signal.throwIfAborted();
    const job = { x: owned(x), y: owned(y) };
    const request = { type: 'splits', digest, ...job, steps, rate, splits } as const;
    return Object.values(await this.#adapting(request, job, signal));
  }

  /** Sends a request with its tensors to an adapting thread, and a message when `signal` aborts. */
  async #adapting(
    request: CallRequest,
    tensors: Tensors,
    signal: AbortSignal,
    onStep?: (loss: number) => void,
  ): Promise<Tensors> {
    const call = leastBusy(this.#adaptThreads).call(request, buffersOf(tensors), onStep);
    signal.addEventListener('abort', call.cancel, { once: true });
    try {
      return (await call.done).result;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', call.cancel);
    }
  }

  async predict(run: PredictRun): Promise<Predicted> {
    this.#requireOpen();
    return this.#predictor.predict(run);
  }

  async forget(stateId: string): Promise<void> {
    this.#predictor.forget(stateId);
  }

  isResident(stateId: string): boolean {
    return this.#predictor.isResident(stateId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#predictor.close(), ...this.#adaptThreads.map((thread) => thread.close())]);
  }

  #requireOpen(): void {
    if (this.#isClosed)
      throw new InnerloopError('unavailable', 'The service is shutting down', { retryAfterSeconds: 1 });
  }
}

function leastBusy(threads: readonly WorkerThread[]): WorkerThread {
  return threads.reduce((least, each) => (each.pendingCalls < least.pendingCalls ? each : least));
}
