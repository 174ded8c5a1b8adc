import { describe, expect, it } from 'vitest';
import type { Service } from '../../../src/service/service.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { settle } from '../../support/service.ts';
import { type StoredValue, valuesInFiles, valuesInRedis } from '../../support/stored-values.ts';
import { withService } from './with-service.ts';

type Environment = Readonly<Record<string, string>>;

/** In the text of one example, and in nothing else. */
const SECRET = 'Popocatepetl';
/** The features of a text are the numbers of its letters `a` and `b`. */
const text = `${SECRET} aaaaaa bbb`;
const FEATURES = Buffer.from(Float32Array.of(7, 3).buffer).toString('latin1');

const inputs = [text, 'a', 'b', 'bb'].map((each) => ({ kind: 'text', text: each }) as const);
const support = inputs.map((input, n) => ({ label: n < 2 ? 'A' : 'B', input }));

const values = ({ REDIS_URL, DATA_DIR = '' }: Environment) =>
  REDIS_URL ? valuesInRedis(REDIS_URL) : valuesInFiles(DATA_DIR);
const has = (all: readonly StoredValue[], mark: string) => all.some((each) => each.text.includes(mark));
const states = (all: readonly StoredValue[], ids: readonly string[]) =>
  all.filter(({ place }) => /state/.test(place)).filter((each) => ids.some((id) => each.text.includes(id)));

async function adapt(service: Service, task: string, settings = {}): Promise<string> {
  const request = { model: 'tiny-gradients', support, settings };
  const ended = await settle(service, await service.adapt('acme', task, request));
  expect(ended.status).toBe('succeeded');
  return ended.id;
}

async function erase(service: Service, task: string): Promise<readonly string[]> {
  const { data } = await service.examples('acme', task, { limit: 9 }, { label: 'A' });
  const id = data.find(({ size }) => size === text.length)?.id;
  return (await service.erase('acme', task, { id })).adaptations;
}

async function expectErasure(environment: Environment): Promise<void> {
  const ids = await withService(environment, async (service, { queue }) => {
    service.processAdaptations();
    const adapted = [await adapt(service, 'letters'), await adapt(service, 'letters', { steps: 2 })];
    await adapt(service, 'others');
    await service.predict('acme', 'letters', [{ kind: 'text', text: 'ab' }]);
    await queue.drain();
    return adapted;
  });
  const before = await values(environment);
  expect([has(before, SECRET), has(before, FEATURES), states(before, ids).length > 0]).toEqual([
    true,
    true,
    true,
  ]);

  // Another task still has the text.
  await withService(environment, (service) => erase(service, 'others'));
  const between = await values(environment);
  expect([has(between, SECRET), has(between, FEATURES)]).toEqual([true, true]);
  const erased = await withService(environment, (service) => erase(service, 'letters'));
  expect(erased.toSorted()).toEqual(ids.toSorted());
  const after = await values(environment);
  expect([has(after, SECRET), has(after, FEATURES), states(after, ids)]).toEqual([false, false, []]);
  expect(has(after, 'letters')).toBe(true);

  await withService(environment, async (service, { store }) => {
    service.processAdaptations();
    const again = await settle(service, await service.readapt('acme', 'letters'));
    expect(again).toMatchObject({ status: 'succeeded', support: { examples: 3 } });
    for (const task of ['letters', 'others']) await service.deleteTask('acme', task);
    expect(await store.usage('acme')).toEqual({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
  });
}

describe('an erased example, in files', () => {
  it('leaves neither its text nor its features, nor a state that comes from it', async () => {
    await expectErasure({ DATA_DIR: await scratchFolder() });
  });
});

describeWithRedis('an erased example, in Redis', () => {
  it('leaves neither its text nor its features, nor a state that comes from it', {
    timeout: 60_000,
  }, async () => {
    await using server = await startRedis();
    await expectErasure({ REDIS_URL: server.url });
  });
});
