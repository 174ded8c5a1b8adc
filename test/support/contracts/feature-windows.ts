import { describe, expect, it } from 'vitest';
import { CHECK_EVERY, FIRST_CHECK } from '../../../src/domain/drift/alarm.ts';
import {
  type Alarm,
  type AskedInput,
  REFERENCE_SIZE,
  WINDOW_SIZE,
} from '../../../src/domain/drift/asked-input.ts';
import type { Quota } from '../../../src/domain/usage.ts';
import type { TaskStore } from '../../../src/ports/stores/task-store.ts';
import { draftOf, plenty, supportOf, taskDraft } from '../examples.ts';

const monitored = { ...taskDraft, monitor: true };
const EPOCH = 'sha256:encoder';

export const askedInput = (n: number, more: Partial<AskedInput> = {}): AskedInput => ({
  features: Float32Array.of(n, -n, 0.5),
  label: 'alef',
  novelty: 0.25,
  adaptation: 'adp_1',
  at: 1_700_000_000_000 + n,
  facts: { characters: n, language: 'English' },
  ...more,
});
const asked = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => askedInput(from + i));
const numbers = (inputs: readonly AskedInput[] = []) => inputs.map(({ features }) => features[0]);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** The part of the contract of every TaskStore that is about what tasks were asked. */
export function describeFeatureWindows(
  store: () => TaskStore,
  create: (quota: Quota) => Promise<TaskStore>,
): void {
  const add = (from: number, to: number, epoch = EPOCH, task = 'runes', tenant = 'acme') =>
    store().addAsked(tenant, task, epoch, asked(from, to));
  const read = (task = 'runes', tenant = 'acme') => store().featureWindow(tenant, task);
  const bytes = async () => (await store().usage('acme')).bytes;

  describe('the inputs that a task was asked', () => {
    it('are kept as they were given', async () => {
      await store().putTask(monitored);
      expect(await read()).toBeNull();
      const given = [
        askedInput(1, { label: 'ä \u0000 "', facts: {} }),
        askedInput(2, { label: null, novelty: null, features: new Float32Array(0) }),
      ];
      expect(await store().addAsked('acme', 'runes', EPOCH, given)).toBe(2);
      expect(await read()).toEqual({ epoch: EPOCH, count: 2, alarm: null, reference: given, window: [] });
    });

    it('are the first of all, and the last of those that came after', async () => {
      await store().putTask(monitored);
      await add(0, REFERENCE_SIZE - 10);
      await add(REFERENCE_SIZE - 10, REFERENCE_SIZE + 10);
      expect(numbers((await read())?.reference)).toEqual(range(0, REFERENCE_SIZE));
      expect(numbers((await read())?.window)).toEqual(range(REFERENCE_SIZE, REFERENCE_SIZE + 10));
      // More than a whole window at once.
      const end = REFERENCE_SIZE + 2 * WINDOW_SIZE + 55;
      expect(await add(REFERENCE_SIZE + 10, end)).toBe(end);
      expect(await read()).toMatchObject({ count: end });
      expect(numbers((await read())?.reference)).toEqual(range(0, REFERENCE_SIZE));
      expect(numbers((await read())?.window)).toEqual(range(end - WINDOW_SIZE, end));
    });

    it('begin anew with another epoch', async () => {
      await store().putTask(monitored);
      await add(0, 30);
      await store().putAlarm('acme', 'runes', {
        epoch: EPOCH,
        before: null,
        after: { count: 30, strikes: 1, since: null, isTold: false, checks: [] },
      });
      expect(await add(100, 103, 'sha256:other')).toBe(3);
      const found = await read();
      expect(found).toMatchObject({ epoch: 'sha256:other', count: 3, alarm: null, window: [] });
      expect(numbers(found?.reference)).toEqual([100, 101, 102]);
    });

    it('are not kept of a task that is not monitored', async () => {
      await store().putTask(taskDraft);
      expect(await add(0, 3)).toBeNull();
      await store().putTask(monitored);
      expect(await add(0, 3)).toBe(3);
    });

    it('belong to a task: without one nothing is kept, and with it they are deleted', async () => {
      expect(await add(0, 3)).toBeNull();
      expect(await read()).toBeNull();
      await store().putTask(monitored);
      await store().putTask({ ...monitored, id: 'runes2' });
      await add(0, 3);
      await add(5, 7, EPOCH, 'runes2');
      expect(await read('runes', 'other')).toBeNull();
      await store().deleteTask('acme', 'runes');
      await store().putTask(monitored);
      expect(await read()).toBeNull();
      expect(numbers((await read('runes2'))?.reference)).toEqual([5, 6]);
      await store().deleteTenant('acme');
      await store().putTask({ ...monitored, id: 'runes2' });
      expect(await read('runes2')).toBeNull();
    });

    it('count as bytes of the tenant for as long as they are kept', async () => {
      await store().putTask(monitored);
      const before = await bytes();
      await add(0, 10);
      const ten = (await bytes()) - before;
      expect(ten).toBeGreaterThan(10 * 3 * 4);
      await add(0, REFERENCE_SIZE + WINDOW_SIZE, 'sha256:other');
      const full = await bytes();
      expect(full - before).toBeGreaterThan(ten);
      // The same inputs again, in a ring that is full.
      await add(REFERENCE_SIZE, REFERENCE_SIZE + WINDOW_SIZE, 'sha256:other');
      expect(await bytes()).toBe(full);
      await add(0, 10, EPOCH);
      expect(await bytes()).toBe(before + ten);
      await store().deleteFeatureWindow('acme', 'runes');
      expect(await bytes()).toBe(before);
      expect(await read()).toBeNull();
      await store().deleteFeatureWindow('acme', 'runes');
      await add(0, 10);
      await store().deleteTask('acme', 'runes');
      expect(await bytes()).toBe(0);
    });

    it('are refused beyond the quota, and then nothing changes', async () => {
      await using small = await create({ ...plenty, bytes: 1500 });
      await small.putTask(monitored);
      await small.addAsked('acme', 'runes', EPOCH, asked(0, 4));
      const before = [await small.featureWindow('acme', 'runes'), await small.usage('acme')];
      const refused = small.addAsked('acme', 'runes', EPOCH, asked(4, 40));
      await expect(refused).rejects.toMatchObject({ code: 'quota_exceeded' });
      expect([await small.featureWindow('acme', 'runes'), await small.usage('acme')]).toEqual(before);
    });

    it('have an alarm that one process changes at a time', async () => {
      await store().putTask(monitored);
      await add(0, 3);
      const check = {
        at: '2026-01-01T00:00:00.000Z',
        count: 3,
        pValue: 1 / 3,
        distance: -1e-3,
        threshold: 0.02,
      };
      const first = { count: 3, strikes: 1, since: null, isTold: false, checks: [check] };
      const second = { count: 60, strikes: 2, since: check.at, isTold: true, checks: [check, check] };
      const put = (before: typeof second | typeof first | null, after = second, epoch = EPOCH) =>
        store().putAlarm('acme', 'runes', { epoch, before, after });
      expect(await put(first)).toBe(false);
      expect(await put(null, second, 'sha256:other')).toBe(false);
      const answers = await Promise.all([put(null), put(null)]);
      expect(answers.toSorted()).toEqual([false, true]);
      expect((await read())?.alarm).toEqual(second);
      await add(3, 4);
      expect((await read())?.alarm).toEqual(second);
      expect(await store().putAlarm('acme', 'none', { epoch: EPOCH, before: null, after: second })).toBe(
        false,
      );
    });

    it('want a check with enough of them, or with an alarm that is untold', async () => {
      const places = async () =>
        (await store().driftDue()).map(({ tenant, task }) => `${tenant}/${task}`).toSorted();
      await store().putTask(monitored);
      await store().putTask({ ...monitored, tenant: 'other' });
      await add(0, FIRST_CHECK - 1);
      await add(0, FIRST_CHECK, EPOCH, 'runes', 'other');
      expect(await places()).toEqual(['other/runes']);
      await add(0, 1);
      expect(await places()).toEqual(['acme/runes', 'other/runes']);
      const alarm = { count: FIRST_CHECK, strikes: 2, since: null, isTold: false, checks: [] };
      const since = '2026-01-01T00:00:00.000Z';
      const put = (before: Alarm | null, after: Alarm) =>
        store().putAlarm('acme', 'runes', { epoch: EPOCH, before, after });
      await put(null, alarm);
      expect(await places()).toEqual(['other/runes']);
      await put(alarm, { ...alarm, since });
      expect(await places()).toEqual(['acme/runes', 'other/runes']);
      await put({ ...alarm, since }, { ...alarm, since, isTold: true });
      expect(await places()).toEqual(['other/runes']);
      await add(0, CHECK_EVERY - 1);
      expect(await places()).toEqual(['other/runes']);
      await add(0, 1);
      expect(await places()).toEqual(['acme/runes', 'other/runes']);
      await add(0, 1, 'sha256:other');
      await store().deleteTask('other', 'runes');
      expect(await places()).toEqual([]);
      await add(0, FIRST_CHECK, 'sha256:other');
      expect(await places()).toEqual(['acme/runes']);
      await store().deleteFeatureWindow('acme', 'runes');
      expect(await places()).toEqual([]);
    });

    it('stay while the task is adapted and changed', async () => {
      const given = supportOf(['a', 'b']);
      const { digest } = given.support;
      await store().putTask(monitored);
      await add(0, 3);
      const draft = draftOf('one', { support: { digest, examples: 2 } });
      await Promise.all([
        store().accept(draft, given, monitored),
        add(3, 6),
        store().putTask({ ...monitored, metadata: { a: 'b' } }),
        add(6, 9),
      ]);
      expect((await read())?.count).toBe(9);
      await store().deleteTask('acme', 'runes');
      expect(await store().usage('acme')).toEqual({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
    });
  });
}
