import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createBullQueue } from '../../src/adapters/bullmq/bull-queue.ts';
import { createLmdbStateCache } from '../../src/adapters/lmdb/state-cache.ts';
import { createLmdbTaskStore } from '../../src/adapters/lmdb/task-store.ts';
import { createLocalQueue } from '../../src/adapters/local-queue.ts';
import { createOnnxRunner } from '../../src/adapters/onnxruntime/program-runner.ts';
import { connect } from '../../src/adapters/redis/connection.ts';
import { createRedisStateCache } from '../../src/adapters/redis/state-cache.ts';
import { createRedisTaskStore } from '../../src/adapters/redis/task-store.ts';
import { encodeSupport } from '../../src/adapters/support-bytes.ts';
import { createSystemClock } from '../../src/adapters/system-clock.ts';
import { InnerloopError } from '../../src/errors.ts';
import type { AdaptationQueue } from '../../src/ports/adaptation-queue.ts';
import type { StateCache } from '../../src/ports/state-cache.ts';
import type { TaskStore } from '../../src/ports/task-store.ts';
import { createService } from '../../src/service/create-service.ts';
import { createInputDecoder } from '../../src/service/inputs.ts';
import type { AdaptRequest } from '../../src/service/service.ts';
import type { Adaptation } from '../../src/tasks/adaptation.ts';
import { createRandom } from '../../src/training/random.ts';
import { startWorker } from '../../src/worker/start-worker.ts';
import { plenty } from '../support/examples.ts';
import { type FaultyStore, faultyStore } from '../support/faulty-store.ts';
import { tinyPackages } from '../support/packages.ts';
import { describeWithRedis, startRedis } from '../support/redis.ts';
import { scratchFolder } from '../support/scratch.ts';
import { labelled } from '../support/service.ts';

const SEED = 20261125;
const ADAPTATIONS = 2000;
const TENANTS = ['acme', 'bert', 'cora'];
const TASKS = 25;
/** Some requests are sent by two callers. */
const TWICE = 0.1;
/** Some callers are gone after the first refusal, and send nothing again. */
const IMPATIENT = 0.1;
const RESUME_EVERY_MS = 1000;

interface Backing {
  readonly store: TaskStore;
  readonly cache: StateCache;
  readonly queue: AdaptationQueue;
}

async function onFiles(): Promise<Backing> {
  const path = await scratchFolder();
  const store = createLmdbTaskStore({ path: `${path}/tasks`, quota: plenty });
  const cache = createLmdbStateCache({ path: `${path}/states`, maxBytes: 1e8 });
  const queue = createLocalQueue({ concurrency: 2, onError: () => undefined });
  onTestFinished(async () => {
    for (const each of [queue, cache, store]) await each[Symbol.asyncDispose]();
  });
  return { store, cache, queue };
}

async function onRedis(): Promise<Backing> {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const redis = connect(server.url, () => undefined);
  const queue = createBullQueue({
    url: server.url,
    concurrency: 2,
    lockMs: 30_000,
    onError: () => undefined,
    onEnded: () => undefined,
  });
  onTestFinished(async () => {
    await queue[Symbol.asyncDispose]();
    redis.disconnect();
  });
  await vi.waitFor(() => expect(redis.status).toBe('ready'));
  const store = createRedisTaskStore({ redis, quota: plenty });
  return { store, cache: createRedisStateCache({ redis, ttlSeconds: 600 }), queue };
}

interface Request extends Pick<AdaptRequest, 'support'> {
  readonly tenant: string;
  readonly task: string;
}

/** No two are equal, but for those of the same number. */
function requestOf(n: number): Request {
  const tenant = TENANTS[n % TENANTS.length] as string;
  const support = labelled(['low', -1, n], ['high', 1, n + 1]);
  return { tenant, task: `task-${n % TASKS}`, support };
}

async function untilEachHasOneResult({ store, cache, queue }: Backing): Promise<void> {
  const pkg = tinyPackages.prototypes();
  const runner = createOnnxRunner({ adaptThreads: 2, predictThreads: 1, stateBytes: 1e6 });
  onTestFinished(() => runner[Symbol.asyncDispose]());
  await runner.load(pkg);
  const faulty: FaultyStore = faultyStore(store, { seed: SEED, rate: 0.01, delayMs: 10 });
  const service = createService({
    store: faulty,
    cache,
    queue,
    runner,
    packages: [pkg],
    clock: createSystemClock(),
    decodeInput: createInputDecoder({ decode: () => Promise.reject(new Error('Expected no image')) }),
    limits: { inputs: 10, numbers: 100 },
    onError: () => undefined,
  });
  const worker = startWorker(service, {
    resumeEveryMs: RESUME_EVERY_MS,
    onError: () => undefined,
    onEnded: () => undefined,
  });
  onTestFinished(async () => {
    worker[Symbol.dispose]();
    await queue.drain();
  });

  const told = new Map<number, Set<string>>();
  const counts = { retries: 0, gone: 0, twice: 0 };
  const submit = async (n: number, isPatient: boolean): Promise<void> => {
    const { tenant, task, support } = requestOf(n);
    for (;;) {
      try {
        const { id } = await service.adapt(tenant, task, { model: pkg.manifest.name, support });
        told.set(n, (told.get(n) ?? new Set()).add(id));
        return;
      } catch (error) {
        if (!(error instanceof InnerloopError) || error.code !== 'unavailable') throw error;
        if (!isPatient) {
          counts.gone += 1;
          return;
        }
        counts.retries += 1;
        await setTimeout(5);
      }
    }
  };
  const numbers = Array.from({ length: ADAPTATIONS }, (_, n) => n).values();
  const random = createRandom(SEED);
  const lane = async () => {
    for (const n of numbers) {
      const isPatient = random.uniform() >= IMPATIENT;
      const isTwice = random.uniform() < TWICE;
      if (isTwice) counts.twice += 1;
      await Promise.all([submit(n, isPatient), isTwice && submit(n, true)]);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));

  await vi.waitFor(
    async () => {
      for (const tenant of TENANTS) expect((await store.usage(tenant)).queued).toBe(0);
    },
    { timeout: 60_000, interval: 100 },
  );
  expect(await store.unfinished()).toEqual([]);
  // What was submitted once more while it ran is delivered once more, to find nothing to do.
  await vi.waitFor(async () => expect(await queue.depth()).toBe(0), { timeout: 20_000, interval: 100 });

  let records = 0;
  for (const tenant of TENANTS) {
    const found = await recordsOf(store, tenant);
    records += found.length;
    expect(found.filter(({ status }) => status !== 'succeeded')).toEqual([]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    expect(await store.usage(tenant)).toEqual(await usageOf(store, tenant, found));
  }
  for (const [n, ids] of told) {
    const { tenant, task } = requestOf(n);
    expect(ids.size).toBe(1);
    for (const id of ids)
      expect(await store.adaptation(tenant, task, id)).toMatchObject({ status: 'succeeded' });
  }
  // Of callers that are gone some were heard, and none of the others has left anything.
  expect(records).toBeGreaterThanOrEqual(told.size);
  expect(records).toBeLessThanOrEqual(ADAPTATIONS);
  console.log(JSON.stringify({ seed: SEED, told: told.size, records, ...counts, ...faulty.counts }));
}

async function recordsOf(store: TaskStore, tenant: string): Promise<Adaptation[]> {
  const { data: tasks } = await store.tasks(tenant, { limit: 1000 });
  const pages = await Promise.all(tasks.map(({ id }) => store.adaptations(tenant, id, { limit: 1000 })));
  return pages.flatMap(({ data }) => data);
}

/** What the tenant has, counted one by one. */
async function usageOf(store: TaskStore, tenant: string, records: readonly Adaptation[]) {
  const supports = new Map(records.map((each) => [`${each.task} ${each.support.digest}`, each]));
  let [examples, bytes] = [0, 0];
  for (const { task, support } of supports.values()) {
    const stored = await store.supportSet(tenant, task, support.digest);
    if (!stored) throw new Error(`Expected the support set of ${task}, got none`);
    examples += stored.x.shape[0] ?? 0;
    bytes += encodeSupport(stored).length;
  }
  return { tasks: new Set(records.map(({ task }) => task)).size, examples, bytes, queued: 0 };
}

describe('a store that fails, hangs, or does what it denies, now and then', () => {
  it('leaves one result of each adaptation on files', async () => {
    await untilEachHasOneResult(await onFiles());
  }, 120_000);
});

describeWithRedis('a Redis that fails, hangs, or does what it denies, now and then', () => {
  it('leaves one result of each adaptation', async () => {
    await untilEachHasOneResult(await onRedis());
  }, 120_000);
});
