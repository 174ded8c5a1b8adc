import { expect, onTestFinished } from 'vitest';
import { createBullQueue } from '../../../src/adapters/bullmq/bull-queue.ts';
import { createContentDecoder } from '../../../src/adapters/decoding/content-decoder.ts';
import { createLmdbStateCache } from '../../../src/adapters/lmdb/state-cache.ts';
import { createLmdbTaskStore } from '../../../src/adapters/lmdb/tasks/task-store.ts';
import { createLocalQueue } from '../../../src/adapters/local/local-queue.ts';
import { createOnnxEmbedder } from '../../../src/adapters/onnxruntime/embedding/embedder.ts';
import { createOnnxRunner } from '../../../src/adapters/onnxruntime/program-runner.ts';
import { connect } from '../../../src/adapters/redis/connection.ts';
import { createRedisStateCache } from '../../../src/adapters/redis/state-cache.ts';
import { createRedisTaskStore } from '../../../src/adapters/redis/tasks/task-store.ts';
import { createSystemClock } from '../../../src/adapters/system-clock.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import type { Package } from '../../../src/package/manifest.ts';
import type { AdaptationQueue } from '../../../src/ports/adaptation-queue.ts';
import type { ContentDecoder } from '../../../src/ports/content-decoder.ts';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import type { StateCache } from '../../../src/ports/stores/state-cache.ts';
import type { TaskStore } from '../../../src/ports/stores/task-store.ts';
import { startWorker } from '../../../src/service/adapting/process-adaptations.ts';
import { createService } from '../../../src/service/create-service.ts';
import { createInputDecoder } from '../../../src/service/inputs/input-decoder.ts';
import type { Service } from '../../../src/service/service.ts';
import { eventually } from '../../support/eventually.ts';
import { plenty } from '../../support/examples.ts';
import { createMemoryKeyStore } from '../../support/memory/key-store.ts';
import { scratchFolder } from '../../support/scratch.ts';

/** The stores and the queue of one process. They are closed when the running test ends. */
export interface Backend {
  readonly store: TaskStore;
  readonly cache: StateCache;
  readonly queue: AdaptationQueue;
}

export async function onFiles(): Promise<Backend> {
  const path = await scratchFolder();
  const store = createLmdbTaskStore({ path: `${path}/tasks`, quota: plenty });
  const cache = createLmdbStateCache({ path: `${path}/states`, maxBytes: 1e8 });
  const queue = createLocalQueue({ concurrency: 2, onError: () => undefined });
  onTestFinished(async () => {
    for (const each of [queue, cache, store]) await each[Symbol.asyncDispose]();
  });
  return { store, cache, queue };
}

export async function onRedis(url: string): Promise<Backend> {
  const redis = connect(url, () => undefined);
  const queue = createBullQueue({ url, concurrency: 2, lockMs: 30_000, onError: () => undefined });
  onTestFinished(async () => {
    await queue[Symbol.asyncDispose]();
    redis.disconnect();
  });
  await eventually(() => expect(redis.status).toBe('ready'));
  const store = createRedisTaskStore({ redis, quota: plenty });
  return { store, cache: createRedisStateCache({ redis, ttlSeconds: 600 }), queue };
}

/** A decoder with the limits that no input of these tests reaches. */
export function decoding(): ContentDecoder {
  return createContentDecoder({
    threads: 1,
    pictures: { jpegPixels: 1e6, pixels: 1e6 },
    texts: { maxBytes: 1000 },
    sounds: { seconds: 1 },
  });
}

export interface WorkingService extends Backend {
  readonly service: Service;
  readonly runner: ProgramRunner;
}

/** What the service installs. */
export interface Installed {
  readonly packages: readonly Package[];
  readonly encoders?: readonly Encoder[];
  /** Default: one that reads contents as the server does. */
  readonly decoder?: ContentDecoder;
}

/** Starts a service that runs its accepted adaptations, until the running test ends. */
export async function working(
  backend: Backend,
  { packages, encoders = [], decoder = decoding() }: Installed,
  resumeEveryMs: number,
): Promise<WorkingService> {
  const runner = createOnnxRunner({ adaptThreads: 2, predictThreads: 1, stateBytes: 1e6 });
  const embedder = createOnnxEmbedder();
  onTestFinished(async () => {
    for (const each of [runner, embedder, decoder]) await each[Symbol.asyncDispose]();
  });
  for (const each of packages) await runner.load(each);
  for (const each of encoders) await embedder.load(each);
  const service = createService({
    keyStore: createMemoryKeyStore(),
    ...backend,
    runner,
    packages,
    encoders,
    decoder,
    embedder,
    clock: createSystemClock(),
    decodeInput: createInputDecoder({ decode: () => Promise.reject(new Error('Expected no image')) }),
    quota: plenty,
    limits: { inputs: 10, numbers: 1000, pixels: 1000 },
    onError: () => undefined,
    onEnded: () => undefined,
  });
  const worker = startWorker(service, { resumeEveryMs, onError: () => undefined });
  onTestFinished(async () => {
    worker[Symbol.dispose]();
    await backend.queue.drain();
  });
  return { ...backend, service, runner };
}
