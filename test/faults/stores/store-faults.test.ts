import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import type { AdaptRequest } from '../../../src/service/service.ts';
import { createRandom } from '../../../src/training/random.ts';
import { type FaultyStore, faultyStore } from '../../support/faulty-store.ts';
import { tinyPackages } from '../../support/packages.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import { labelled } from '../../support/service.ts';
import { type Backend, onFiles, onRedis, working } from '../support/backends.ts';
import { countUsage } from '../support/count-usage.ts';

const SEED = 20261125;
const ADAPTATIONS = 1000;
const TENANTS = ['acme', 'bert', 'cora'];
const TASKS = 25;
/** Some requests are sent by two callers. */
const TWICE = 0.1;
/** Some callers disconnect after the first refusal and never retry. */
const IMPATIENT = 0.1;
const RESUME_EVERY_MS = 1000;

interface Request extends Pick<AdaptRequest, 'support'> {
  readonly tenant: string;
  readonly task: string;
}

/** Requests with different numbers differ. */
function requestOf(n: number): Request {
  const tenant = TENANTS[n % TENANTS.length] as string;
  const support = labelled(['low', -1, n], ['high', 1, n + 1]);
  return { tenant, task: `task-${n % TASKS}`, support };
}

async function untilEachHasOneResult({ store, cache, queue }: Backend): Promise<void> {
  const pkg = tinyPackages.prototypes();
  const faulty: FaultyStore = faultyStore(store, { seed: SEED, rate: 0.01, delayMs: 10 });
  const { service } = await working({ store: faulty, cache, queue }, pkg, RESUME_EVERY_MS);

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
  const loop = async () => {
    for (const n of numbers) {
      const isPatient = random.uniform() >= IMPATIENT;
      const isTwice = random.uniform() < TWICE;
      if (isTwice) counts.twice += 1;
      await Promise.all([submit(n, isPatient), isTwice && submit(n, true)]);
    }
  };
  await Promise.all(Array.from({ length: 8 }, loop));

  await vi.waitFor(
    async () => {
      for (const tenant of TENANTS) expect((await store.usage(tenant)).queued).toBe(0);
    },
    { timeout: 120_000, interval: 100 },
  );
  expect(await store.unfinished()).toEqual([]);
  // An adaptation that was submitted again while it ran is delivered again, with nothing to do.
  await vi.waitFor(async () => expect(await queue.depth()).toBe(0), { timeout: 20_000, interval: 100 });

  let records = 0;
  for (const tenant of TENANTS) {
    const { records: found, usage } = await countUsage(store, tenant);
    records += found.length;
    expect(found.filter(({ status }) => status !== 'succeeded')).toEqual([]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    expect(await store.usage(tenant)).toEqual(usage);
  }
  for (const [n, ids] of told) {
    const { tenant, task } = requestOf(n);
    expect(ids.size).toBe(1);
    for (const id of ids)
      expect(await store.adaptation(tenant, task, id)).toMatchObject({ status: 'succeeded' });
  }
  // Some requests of disconnected callers were accepted. The others left no data.
  expect(records).toBeGreaterThanOrEqual(told.size);
  expect(records).toBeLessThanOrEqual(ADAPTATIONS);
  console.log(JSON.stringify({ seed: SEED, told: told.size, records, ...counts, ...faulty.counts }));
}

describe('a store that sometimes fails, hangs, or reports an error after a successful write', () => {
  it('keeps exactly one result of each adaptation with LMDB', async () => {
    await untilEachHasOneResult(await onFiles());
  }, 300_000);
});

describeWithRedis('a Redis that sometimes fails, hangs, or reports an error after a successful write', () => {
  it('keeps exactly one result of each adaptation with Redis', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis[Symbol.asyncDispose]());
    await untilEachHasOneResult(await onRedis(redis.url));
  }, 300_000);
});
