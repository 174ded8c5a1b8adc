import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/domain/task-settings.ts';
import type { Quota } from '../../../src/domain/usage.ts';
import type { TaskStore } from '../../../src/ports/stores/task-store.ts';
import { plenty, supportOf, taskDraft } from '../examples.ts';
import { describeContentStoreContract } from './content-store.ts';
import { describeExampleStoreContract } from './example-store.ts';
import { describeFeatureWindows } from './feature-windows.ts';
import { describeAccept } from './task-store/accept.ts';
import { describeFeedback } from './task-store/feedback.ts';
import { describeIdempotencyKeys } from './task-store/idempotency-keys.ts';
import { recordsOf } from './task-store/records.ts';
import { describeReports } from './task-store/reports.ts';
import { describeUpdate } from './task-store/update.ts';
import { describeUsage } from './task-store/usage.ts';
import { describeDeletedTasks } from './tenant-data.ts';

/** The contract of every TaskStore. `create` returns an empty store. */
export function describeTaskStoreContract(create: (quota: Quota) => Promise<TaskStore>): void {
  let store: TaskStore;
  beforeEach(async () => {
    store = await create(plenty);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  const { accept, end } = recordsOf(() => store);

  describeFeedback(() => store);

  describe('tasks', () => {
    it('creates a task once and replaces its metadata afterwards', async () => {
      const first = await store.putTask({ ...taskDraft, metadata: { customer: '42' } });
      const second = await store.putTask({ ...taskDraft, metadata: { customer: '43' }, createdAt: 'later' });
      expect(first).toEqual({
        task: {
          ...taskDraft,
          metadata: { customer: '42' },
          current: null,
          submitted: 0,
          ...DEFAULT_SETTINGS,
        },
        created: true,
      });
      expect(second).toEqual({ task: { ...first.task, metadata: { customer: '43' } }, created: false });
      expect(await store.task('acme', 'runes')).toEqual(second.task);
    });

    it('keeps metadata that a draft does not mention', async () => {
      await store.putTask({ ...taskDraft, metadata: { customer: '42' } });
      const { task } = await store.putTask(taskDraft);
      expect(task.metadata).toEqual({ customer: '42' });
    });

    it('changes nothing if the model differs', async () => {
      const { task } = await store.putTask({ ...taskDraft, metadata: { a: 'b' } });
      const answer = await store.putTask({ ...taskDraft, model: 'other', metadata: {} });
      expect(answer).toEqual({ task, created: false });
      expect(await store.task('acme', 'runes')).toEqual(task);
    });

    it('lists the tasks of one tenant by id, page by page', async () => {
      for (const id of ['c', 'a', 'd', 'b']) await store.putTask({ ...taskDraft, id });
      await store.putTask({ ...taskDraft, tenant: 'acme2', id: 'e' });
      await store.putTask({ ...taskDraft, tenant: 'acm', id: 'f' });
      const first = await store.tasks('acme', { limit: 3 });
      expect(first.data.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
      const rest = await store.tasks('acme', { limit: 3, after: first.nextCursor ?? '' });
      expect(rest.data.map(({ id }) => id)).toEqual(['d']);
      expect(rest.nextCursor).toBeNull();
    });

    it('has no next page when a page is exactly full', async () => {
      for (const id of ['a', 'b']) await store.putTask({ ...taskDraft, id });
      expect((await store.tasks('acme', { limit: 2 })).nextCursor).toBeNull();
    });

    it.each(['', '../x', '\u0000', 'y'.repeat(10_000)])('refuses the cursor %j', async (after) => {
      const refused = store.tasks('acme', { limit: 2, after });
      await expect(refused).rejects.toMatchObject({ code: 'invalid_request' });
    });

    it('deletes a task with its adaptations and support sets, and no other', async () => {
      const { adaptation } = await accept('one');
      await accept('ended');
      await end('ended', 'failed');
      await accept('two', { task: 'runes2' });
      const { digest } = supportOf(['alef', 'bet']).support;
      const deleted = await store.deleteTask('acme', 'runes');
      expect(deleted?.adaptations.toSorted()).toEqual(['ended', 'one']);
      expect(deleted?.unfinished).toEqual(['one']);
      expect(await store.deleteTask('acme', 'runes')).toBeNull();
      expect(await store.task('acme', 'runes')).toBeNull();
      expect(await store.adaptation('acme', 'runes', adaptation.id)).toBeNull();
      expect((await store.adaptations('acme', 'runes', { limit: 9 })).data).toEqual([]);
      expect(await store.supportSet('acme', 'runes', digest)).toBeNull();
      expect((await store.unfinished()).map(({ id }) => id)).toEqual(['two']);
      expect(await store.supportSet('acme', 'runes2', digest)).not.toBeNull();
    });

    it('keeps tenants apart', async () => {
      await accept('one');
      expect(await store.task('other', 'runes')).toBeNull();
      expect(await store.adaptation('other', 'runes', 'one')).toBeNull();
      expect(await store.deleteTask('other', 'runes')).toBeNull();
    });
  });

  describe('adaptations', () => {
    it('lists the latest first, page by page', async () => {
      for (const id of ['one', 'two', 'three']) await accept(id);
      const first = await store.adaptations('acme', 'runes', { limit: 2 });
      expect(first.data.map(({ id }) => id)).toEqual(['three', 'two']);
      const rest = await store.adaptations('acme', 'runes', { limit: 2, after: first.nextCursor ?? '' });
      expect(rest).toMatchObject({ data: [{ id: 'one' }], nextCursor: null });
    });

    it.each(['', 'x', '-1', '0x', '1e999', 'y'.repeat(10_000)])('refuses the cursor %j', async (after) => {
      const refused = store.adaptations('acme', 'runes', { limit: 2, after });
      await expect(refused).rejects.toMatchObject({ code: 'invalid_request' });
    });

    it('lists adaptations that have not ended, oldest first', async () => {
      await accept('young', { createdAt: '2026-01-03T00:00:00.000Z' });
      await accept('old', { createdAt: '2026-01-01T00:00:00.000Z' });
      await accept('ended', { createdAt: '2026-01-02T00:00:00.000Z' });
      await end('ended', 'failed');
      await end('old', 'running');
      expect((await store.unfinished()).map(({ id }) => id)).toEqual(['old', 'young']);
    });

    it('name the packages in use: of all tenants, and of every record of a task', async () => {
      expect(await store.packagesInUse()).toEqual(new Set());
      await accept('one', { packageDigest: 'sha256:first' });
      await accept('two', { packageDigest: 'sha256:second' });
      await accept('three', { tenant: 'other', packageDigest: 'sha256:third' });
      await end('one', 'succeeded');
      await end('two', 'failed');
      const all = ['sha256:first', 'sha256:second', 'sha256:third'];
      expect(await store.packagesInUse()).toEqual(new Set(all));
      await store.deleteTask('acme', 'runes');
      expect(await store.packagesInUse()).toEqual(new Set(['sha256:third']));
    });
  });

  describe('current', () => {
    it('is null without a task, and only the task before an adaptation has succeeded', async () => {
      expect(await store.current('acme', 'runes')).toBeNull();
      const { task } = await store.putTask(taskDraft);
      expect(await store.current('acme', 'runes')).toEqual({ task, adaptation: null });
    });

    it('is the adaptation that succeeded, together with its task', async () => {
      await accept('one');
      await accept('two');
      const adaptation = await end('two', 'succeeded');
      const task = await store.task('acme', 'runes');
      expect(task?.current).toBe('two');
      expect(await store.current('acme', 'runes')).toEqual({ task, adaptation });
      await store.deleteTask('acme', 'runes');
      expect(await store.current('acme', 'runes')).toBeNull();
    });
  });

  describeAccept(() => store);
  describeIdempotencyKeys(() => store, create);
  describeFeatureWindows(() => store, create);
  describeUsage(() => store, create);
  describeUpdate(() => store);
  describeReports(() => store);
  describeContentStoreContract(() => store, create);
  describeDeletedTasks(() => store);
  describeExampleStoreContract(() => store, create);
}
