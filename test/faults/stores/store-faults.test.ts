import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { retryWhileUnavailable } from '../../../src/concurrency/retry-while-unavailable.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { ContentDecoder } from '../../../src/ports/content-decoder.ts';
import { stateKey } from '../../../src/service/state-key.ts';
import { createRandom } from '../../../src/training/random.ts';
import { eventually } from '../../support/eventually.ts';
import { type FaultyStore, faultyStore } from '../../support/faulty-store.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import {
  type Backend,
  decoding,
  onFiles,
  onRedis,
  type WorkingService,
  working,
} from '../support/backends.ts';
import { countUsage } from '../support/count-usage.ts';
import { type Example, numbers, type Subject, texts } from '../support/subjects.ts';

const SEED = 20261125;
const TENANTS = ['acme', 'bert', 'cora'];
const TASKS = 25;
/** Some requests are sent by two callers. */
const TWICE = 0.1;
/** Some callers disconnect after the first refusal and never retry. */
const IMPATIENT = 0.1;
const RESUME_EVERY_MS = 1000;

const SUBJECTS: readonly {
  readonly name: string;
  open(): Promise<Subject>;
  readonly adaptations: number;
}[] = [
  { name: 'numbers', open: async () => numbers(), adaptations: 800 },
  { name: 'texts, which an encoder reads', open: texts, adaptations: 300 },
];

interface Request {
  readonly tenant: string;
  readonly task: string;
  readonly examples: readonly Example[];
}

/** Requests with different numbers differ. Those that follow each other have examples in common, of other tenants too. */
function requestOf(n: number): Request {
  const tenant = TENANTS[n % TENANTS.length] as string;
  return {
    tenant,
    task: `task-${n % TASKS}`,
    examples: [
      ['low', -1, n],
      ['low', -1, n + 1],
      ['high', 1, n],
    ],
  };
}

async function untilEachHasOneResult(
  { store, cache, queue }: Backend,
  { subject, adaptations }: { readonly subject: Subject; readonly adaptations: number },
): Promise<void> {
  const faulty: FaultyStore = faultyStore(store, { seed: SEED, rate: 0.01, delayMs: 10 });
  const decoder = counting(decoding());
  const installed = { ...subject.installed, decoder };
  const open = await working({ store: faulty, cache, queue }, installed, RESUME_EVERY_MS);
  const { service } = open;

  const told = new Map<number, Set<string>>();
  const counts = { retries: 0, gone: 0, twice: 0 };
  const submit = async (n: number, isPatient: boolean): Promise<void> => {
    const { tenant, task, examples } = requestOf(n);
    const support = subject.supportOf(examples);
    for (;;) {
      try {
        const { id } = await service.adapt(tenant, task, { model: subject.model, support });
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
  const requests = Array.from({ length: adaptations }, (_, n) => n).values();
  const random = createRandom(SEED);
  const loop = async () => {
    for (const n of requests) {
      const isPatient = random.uniform() >= IMPATIENT;
      const isTwice = random.uniform() < TWICE;
      if (isTwice) counts.twice += 1;
      await Promise.all([submit(n, isPatient), isTwice && submit(n, true)]);
    }
  };
  await Promise.all(Array.from({ length: 8 }, loop));

  await eventually(
    async () => {
      for (const tenant of TENANTS) expect((await store.usage(tenant)).queued).toBe(0);
    },
    { timeout: 300_000, interval: 100 },
  );
  expect(await store.unfinished()).toEqual([]);
  // An adaptation that was submitted again while it ran is delivered again, with nothing to do.
  await eventually(async () => expect(await queue.depth()).toBe(0), { timeout: 20_000, interval: 100 });

  let [records, featured] = [0, 0];
  for (const tenant of TENANTS) {
    const { records: found, usage } = await countUsage(store, tenant, subject.encoders);
    records += found.length;
    expect(found.filter(({ status }) => status !== 'succeeded')).toEqual([]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    expect(await store.usage(tenant)).toEqual(usage);
    const sets = await Promise.all(
      found.map(({ task, support }) => store.supportSet(tenant, task, support.digest)),
    );
    const contents = new Set(sets.flatMap((set) => set?.examples.map(({ content }) => content) ?? []));
    for (const encoder of subject.encoders) {
      expect((await store.features(tenant, encoder, contents)).size).toBe(contents.size);
      featured += contents.size;
    }
  }
  expect(decoder.prepared, 'each example of a tenant is embedded once').toBe(featured);
  for (const [n, ids] of told) {
    const { tenant, task } = requestOf(n);
    expect(ids.size).toBe(1);
    for (const id of ids)
      expect(await store.adaptation(tenant, task, id)).toMatchObject({ status: 'succeeded' });
  }
  // Some requests of disconnected callers were accepted. The others left no data.
  expect(records).toBeGreaterThanOrEqual(told.size);
  expect(records).toBeLessThanOrEqual(adaptations);
  await expectEqualStates({ ...open, store }, subject);
  const { model } = subject;
  const done = { model, told: told.size, records, embedded: decoder.prepared };
  console.log(JSON.stringify({ seed: SEED, ...done, ...counts, ...faulty.counts }));
}

/** Counts the contents that are prepared for an encoder. */
function counting(decoder: ContentDecoder): ContentDecoder & { prepared: number } {
  const prepare = decoder.prepare.bind(decoder);
  const counted = Object.assign(decoder, {
    prepared: 0,
    prepare(...given: Parameters<ContentDecoder['prepare']>) {
      counted.prepared += 1;
      return prepare(...given);
    },
  });
  return counted;
}

/** Loses the current state of each task, and asserts that the same one is computed again, to the bit. */
async function expectEqualStates(
  { service, runner, cache, store }: WorkingService,
  subject: Subject,
): Promise<void> {
  for (const tenant of TENANTS) {
    for (const { id, current } of (await store.tasks(tenant, { limit: TASKS })).data) {
      const key = stateKey({ tenant, id: current ?? '' });
      const state = await cache.get(key);
      expect(state).not.toBeNull();
      await Promise.all([cache.delete(key), runner.forget(key)]);
      const predict = () => service.predict(tenant, id, [subject.inputOf([1, 1])]);
      await retryWhileUnavailable(predict, AbortSignal.timeout(20_000));
      expect(await cache.get(key)).toEqual(state);
    }
  }
}

describe('a store that sometimes fails, hangs, or reports an error after a successful write', () => {
  it.each(SUBJECTS)(
    'keeps exactly one result of each adaptation with LMDB ($name)',
    async (given) => {
      await untilEachHasOneResult(await onFiles(), { ...given, subject: await given.open() });
    },
    300_000,
  );
});

describeWithRedis('a Redis that sometimes fails, hangs, or reports an error after a successful write', () => {
  it.each(SUBJECTS)(
    'keeps exactly one result of each adaptation with Redis ($name)',
    async (given) => {
      const redis = await startRedis();
      onTestFinished(() => redis[Symbol.asyncDispose]());
      await untilEachHasOneResult(await onRedis(redis.url), { ...given, subject: await given.open() });
    },
    300_000,
  );
});
