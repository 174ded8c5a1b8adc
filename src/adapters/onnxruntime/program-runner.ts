import { InnerloopError } from '../../errors.ts';
import type { ExecutionProvider } from '../../execution-providers.ts';
import type { Package } from '../../package/manifest.ts';
import type { AdaptRun, Predicted, PredictRun, ProgramRunner } from '../../ports/program-runner.ts';
import { type Meter, noMeter } from '../../ports/telemetry.ts';
import type { Tensors } from '../../tensor.ts';
import { leapOf } from './adapting/unrolled-program.ts';
import { Predicting } from './predicting/predictor.ts';
import { buffersOf, owned, type Programs } from './threads/messages.ts';
import { spawnLane } from './threads/spawn.ts';
import { Lane } from './threads/worker-thread.ts';

export interface OnnxRunnerOptions {
  readonly predictThreads: number;
  readonly adaptThreads: number;
  /** Bytes of adapted states kept in memory, all together. */
  readonly stateBytes: number;
  /** That `chooseProvider` has answered; the CPU without. */
  readonly executionProvider?: ExecutionProvider;
  readonly meter?: Meter;
}

/** Programs on worker threads: some for predictions, others for adaptations, so that neither waits for the other. */
export function createOnnxRunner(options: OnnxRunnerOptions): ProgramRunner {
  return new OnnxRunner(options);
}

class OnnxRunner implements ProgramRunner {
  readonly executionProvider: ExecutionProvider;
  readonly #predicting: Predicting;
  readonly #adapting: readonly Lane[];
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
    const start = () => spawnLane({ executionProvider });
    // Other providers wait for a device on the thread that asks.
    const usesOwnThread = executionProvider === 'cpu';
    this.#predicting = new Predicting({ threads: predictThreads, stateBytes, usesOwnThread, meter, start });
    this.#adapting = Array.from({ length: adaptThreads }, () => new Lane(start, () => undefined));
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
      this.#predicting.load(digest, predict),
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

  async predict(run: PredictRun): Promise<Predicted> {
    this.#requireOpen();
    return this.#predicting.predict(run);
  }

  async forget(stateId: string): Promise<void> {
    this.#predicting.forget(stateId);
  }

  isResident(stateId: string): boolean {
    return this.#predicting.isResident(stateId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#predicting.close(), ...this.#adapting.map((lane) => lane.close())]);
  }

  #requireOpen(): void {
    if (this.#closed)
      throw new InnerloopError('unavailable', 'The service is shutting down', { retryAfterSeconds: 1 });
  }
}

function leastBusy(lanes: readonly Lane[]): Lane {
  return lanes.reduce((least, lane) => (lane.pending < least.pending ? lane : least));
}
