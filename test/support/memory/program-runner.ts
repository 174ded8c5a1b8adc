import { LRUCache } from 'lru-cache';
import { runInnerLoop } from '../../../src/adapters/onnxruntime/adapting/inner-loop.ts';
import { runSplits } from '../../../src/adapters/onnxruntime/adapting/run-splits.ts';
import { owned } from '../../../src/adapters/onnxruntime/threads/messages.ts';
import { compile, type Session } from '../../../src/adapters/onnxruntime/threads/session.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { Package } from '../../../src/package/manifest.ts';
import type { LoadedState, ProgramRunner } from '../../../src/ports/program-runner.ts';
import { bytesOf, copyOf, type Tensor, type Tensors } from '../../../src/tensor.ts';

interface Programs {
  readonly init: Session;
  readonly step: Session | undefined;
  readonly predict: Session;
}

/** The programs of each package, which all runners share: they hold no state, and each test file loads the same ones. */
const compiled = new Map<string, Promise<Programs>>();

/**
 * A reference implementation of `ProgramRunner`: it runs each call separately with ONNX Runtime on the calling thread. It
 * starts no threads, so a test's service is ready at once.
 */
export function createMemoryRunner({
  stateBytes = 1e6,
}: {
  readonly stateBytes?: number;
} = {}): ProgramRunner {
  const packages = new Map<string, Promise<Programs>>();
  const states = new LRUCache<string, Tensors>({
    maxSize: stateBytes,
    sizeCalculation: (state) => bytesOf(state) + 1,
  });
  const loading = new Map<string, Promise<LoadedState>>();
  const running = new Set<Promise<unknown>>();
  let isClosed = false;

  /** Runs `work`. Closing waits for it. After closing, it is refused. */
  async function run<T>(work: () => Promise<T>): Promise<T> {
    if (isClosed)
      throw new InnerloopError('unavailable', 'The service is shutting down', { retryAfterSeconds: 1 });
    const done = work();
    running.add(done);
    try {
      return await done;
    } finally {
      running.delete(done);
    }
  }

  async function programsOf(digest: string): Promise<Programs> {
    const programs = packages.get(digest);
    if (!programs) throw new InnerloopError('internal', `Package ${digest} is not loaded`);
    return programs;
  }

  /** Loads the state once for all waiting calls, and keeps it unless it is dropped meanwhile. */
  async function stateOf(stateId: string, load: () => Promise<LoadedState>): Promise<LoadedState> {
    const resident = states.get(stateId);
    if (resident) return { state: resident, tier: 'memory' };
    const begun = loading.get(stateId);
    if (begun) return begun;
    const loaded = load();
    loading.set(stateId, loaded);
    try {
      const { state, tier } = await loaded;
      if (loading.get(stateId) === loaded) states.set(stateId, state);
      return { state, tier };
    } finally {
      if (loading.get(stateId) === loaded) loading.delete(stateId);
    }
  }

  return {
    executionProvider: 'cpu',
    async load(pkg) {
      const { digest } = pkg.manifest;
      const programs = compiled.get(digest) ?? open(pkg);
      compiled.set(digest, programs);
      packages.set(digest, programs);
      await programs;
    },
    adapt: ({ digest, x, y, steps, rate, signal, onStep }) =>
      run(async () => {
        signal.throwIfAborted();
        const { init, step } = await programsOf(digest);
        const job = { x: copyOf(x), y: copyOf(y), steps, rate };
        return runInnerLoop(job, { init, sessions: step && { step }, signal, onStep });
      }),
    splits: ({ digest, x, y, signal, ...job }) =>
      run(async () => {
        signal.throwIfAborted();
        const { init, step, predict } = await programsOf(digest);
        const given = { ...job, x: taken(x), y: taken(y) };
        return runSplits(given, { init, sessions: step && { step }, predict, signal });
      }),
    predict: ({ digest, stateId, x, loadState }) =>
      run(async () => {
        const started = performance.now();
        const { state, tier } = await stateOf(stateId, loadState);
        const loaded = performance.now();
        const { predict } = await programsOf(digest);
        const { y } = await predict.run({ ...state, x: copyOf(x) }).catch((cause: unknown) => {
          throw new InnerloopError('internal', 'A program failed', { cause });
        });
        if (!y) throw new InnerloopError('internal', 'Expected an output y, got none');
        const modelMs = performance.now() - loaded;
        return { y, timings: { tier, cacheMs: loaded - started, queueMs: 0, modelMs } };
      }),
    async forget(stateId) {
      states.delete(stateId);
      loading.delete(stateId);
    },
    isResident: (stateId) => states.has(stateId),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      await Promise.allSettled(running);
    },
  };
}

/** The tensor, which its giver can use no more: a runner with threads transfers it. */
function taken(given: Tensor): Tensor {
  const tensor = owned(given);
  return { ...tensor, data: structuredClone(tensor.data, { transfer: [tensor.data.buffer as ArrayBuffer] }) };
}

async function open({ programs: { init, step, predict } }: Package): Promise<Programs> {
  return { init: await compile(init), step: step && (await compile(step)), predict: await compile(predict) };
}
