import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentDigestOf, textContent } from '../../../src/domain/content.ts';
import {
  KEPT_OUTCOMES,
  type KeptPrediction,
  type Outcome,
} from '../../../src/domain/feedback/kept-prediction.ts';
import type { Quota } from '../../../src/domain/usage.ts';
import type { PredictionStore, PredictionToKeep } from '../../../src/ports/stores/prediction-store.ts';
import type { TaskStore } from '../../../src/ports/stores/task-store.ts';
import { plenty, taskDraft } from '../examples.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const NOW = at(0);
const LATER = at(50);

interface Stores {
  readonly store: TaskStore;
  readonly predictions: PredictionStore;
}

/** The contract of every PredictionStore. `create` returns empty stores, which belong together. */
export function describePredictionStoreContract(create: (quota: Quota) => Promise<Stores>): void {
  let stores: Stores;
  beforeEach(async () => {
    stores = await create(plenty);
    for (const tenant of ['acme', 'acme2'])
      for (const id of ['runes', 'runes2']) await stores.store.putTask({ ...taskDraft, tenant, id });
  });
  afterEach(() => stores.store[Symbol.asyncDispose]());

  const keeping = (id: string, second = 0, text = id): PredictionToKeep => {
    const content = textContent(text);
    const prediction: KeptPrediction = {
      id,
      adaptation: 'adp_1',
      createdAt: at(second),
      expiresAt: at(second + 100),
      kind: 'text',
      content: contentDigestOf(content),
      label: 'ä',
      probabilities: { ä: 0.75, b: 0.25 },
      novelty: 0.5,
    };
    return { prediction, input: { content, features: Float32Array.of(1.5, -2) } };
  };
  const put = (ids: readonly string[], most = 10, task = 'runes', tenant = 'acme', of = stores) =>
    of.predictions.put(
      tenant,
      task,
      ids.map((id) => keeping(id, Number(id.slice(1)))),
      most,
    );
  const ids = async (task = 'runes', tenant = 'acme', now = LATER) =>
    (await stores.predictions.list(tenant, task, now)).map(({ id }) => id);
  const bytes = async (tenant = 'acme', of = stores) => (await of.store.usage(tenant)).bytes;

  it('finds a prediction and its input, within its tenant and task only', async () => {
    const { prediction, input } = keeping('p1', 1);
    expect(await put(['p1'])).toBe(true);
    const { predictions } = stores;
    expect(await predictions.find('acme', 'runes', 'p1', LATER)).toEqual(prediction);
    const found = await predictions.input('acme', 'runes', 'p1', LATER);
    expect(found?.features).toEqual(input.features);
    expect(found?.content.kind).toBe('text');
    expect(Buffer.from(found?.content.bytes ?? []).toString()).toBe('p1');
    for (const [tenant, task] of [
      ['acme', 'runes2'],
      ['acme2', 'runes'],
    ] as const) {
      expect(await predictions.find(tenant, task, 'p1', LATER)).toBeNull();
      expect(await predictions.input(tenant, task, 'p1', LATER)).toBeNull();
      expect(await ids(task, tenant)).toEqual([]);
    }
  });

  it('keeps the latest ones, and frees the bytes of the others', async () => {
    await put(['p1', 'p2'], 2);
    const before = await bytes();
    await put(['p3'], 2);
    expect(await ids()).toEqual(['p3', 'p2']);
    expect(await bytes()).toBe(before);
    await put(['p4', 'p5', 'p6'], 2);
    expect(await ids()).toEqual(['p6', 'p5']);
    expect(await bytes()).toBe(before);
    expect(await stores.predictions.input('acme', 'runes', 'p1', NOW)).toBeNull();
  });

  it('counts the bytes of the tenant, and refuses those over the quota', async () => {
    const empty = await bytes();
    await put(['p1']);
    const each = (await bytes()) - empty;
    expect(each).toBeGreaterThan(200);
    const limited = await create({ ...plenty, bytes: empty + 2 * each });
    await using _ = limited.store;
    for (const id of ['runes', 'runes2']) await limited.store.putTask({ ...taskDraft, id });
    await put(['p1', 'p2'], 10, 'runes', 'acme', limited);
    await expect(put(['p3'], 10, 'runes', 'acme', limited)).rejects.toMatchObject({ code: 'quota_exceeded' });
    expect((await limited.predictions.list('acme', 'runes', LATER)).map(({ id }) => id)).toEqual([
      'p2',
      'p1',
    ]);
    // A prediction in place of an older one needs no more.
    await put(['p3'], 2, 'runes', 'acme', limited);
    expect(await bytes('acme', limited)).toBe(empty + 2 * each);
  });

  it('stores nothing of a task that is not there', async () => {
    expect(await put(['p1'], 10, 'none')).toBe(false);
    expect(await ids('none')).toEqual([]);
  });

  it('does not answer what has expired, and removes it', async () => {
    const empty = await bytes();
    await put(['p1', 'p9']);
    await put(['p1'], 10, 'runes2', 'acme2');
    const then = at(105);
    expect(await ids('runes', 'acme', then)).toEqual(['p9']);
    expect(await stores.predictions.find('acme', 'runes', 'p1', then)).toBeNull();
    expect(await stores.predictions.input('acme', 'runes', 'p1', then)).toBeNull();
    await stores.predictions.removeExpired(then);
    expect(await ids('runes', 'acme', NOW)).toEqual(['p9']);
    expect(await ids('runes2', 'acme2', NOW)).toEqual([]);
    await stores.predictions.removeExpired(at(200));
    expect(await ids('runes', 'acme', NOW)).toEqual([]);
    expect(await bytes()).toBe(empty);
    await stores.predictions.removeExpired(at(200));
  });

  it('removes some, and passes over others', async () => {
    const empty = await bytes();
    await put(['p1', 'p2', 'p3']);
    await stores.predictions.remove('acme', 'runes', ['p1', 'p3', 'none']);
    expect(await ids()).toEqual(['p2']);
    await stores.predictions.remove('acme', 'runes', ['p2', 'p1']);
    expect(await bytes()).toBe(empty);
  });

  describe('outcomes', () => {
    const outcome = (n: number, label = 'a'): Outcome => ({
      prediction: `p${n}`,
      adaptation: 'adp_1',
      at: at(n % 60),
      predicted: 'a',
      label,
    });
    const add = (each: Outcome, task = 'runes') => stores.predictions.addOutcome('acme', task, each);

    it('has one of each prediction, which it marks, and forgets the oldest', async () => {
      await put(['p1', 'p2']);
      for (const each of [outcome(1), outcome(2), outcome(1, 'b')]) await add(each);
      expect(await stores.predictions.outcomes('acme', 'runes')).toEqual([outcome(2), outcome(1, 'b')]);
      expect(await stores.predictions.find('acme', 'runes', 'p1', LATER)).toMatchObject({
        hasFeedback: true,
      });
      expect((await stores.predictions.list('acme', 'runes', LATER))[0]).toMatchObject({ hasFeedback: true });
      for (let n = 3; n < KEPT_OUTCOMES + 5; n++) await add(outcome(n));
      const all = await stores.predictions.outcomes('acme', 'runes');
      expect([all.length, all[0]?.prediction]).toEqual([KEPT_OUTCOMES, 'p5']);
      expect(await stores.predictions.outcomes('acme2', 'runes')).toEqual([]);
    });

    it('keeps each of many concurrent ones', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, n) => add(outcome(n))));
      expect(await stores.predictions.outcomes('acme', 'runes')).toHaveLength(20);
    });

    it('has none of a task that is not there', async () => {
      await add(outcome(1), 'none');
      expect(await stores.predictions.outcomes('acme', 'none')).toEqual([]);
    });
  });

  describe('after a deletion', () => {
    const fill = async (tenant: string, task: string) => {
      await put(['p1', 'p2'], 10, task, tenant);
      const outcome = { prediction: 'p1', adaptation: 'adp_1', at: NOW, predicted: 'a', label: 'b' };
      await stores.predictions.addOutcome(tenant, task, outcome);
    };
    const left = async (tenant: string, task: string) => [
      (await ids(task, tenant)).length,
      (await stores.predictions.outcomes(tenant, task)).length,
    ];

    it('has nothing of a task, nor when the task is created again', async () => {
      const empty = await bytes();
      for (const task of ['runes', 'runes2']) await fill('acme', task);
      const each = ((await bytes()) - empty) / 2;
      await stores.store.deleteTask('acme', 'runes');
      await stores.store.putTask(taskDraft);
      expect(await left('acme', 'runes')).toEqual([0, 0]);
      expect(await left('acme', 'runes2')).toEqual([2, 1]);
      expect(await bytes()).toBe(empty + each);
      await stores.predictions.removeExpired(at(300));
      expect(await bytes()).toBe(empty);
    });

    it('has nothing of a tenant, and all of others', async () => {
      for (const tenant of ['acme', 'acme2']) await fill(tenant, 'runes');
      const empty = await bytes();
      await stores.predictions.deleteTenant('acme');
      await stores.predictions.deleteTenant('nobody');
      expect(await left('acme', 'runes')).toEqual([0, 0]);
      expect(await left('acme2', 'runes')).toEqual([2, 1]);
      expect(await bytes()).toBeLessThan(empty);
      await stores.store.deleteTenant('acme');
      expect(await bytes()).toBe(0);
    });
  });
}
