import { describe, expect, it } from 'vitest';
import type { Quota } from '../../../../src/domain/usage.ts';
import type { TaskStore } from '../../../../src/ports/stores/task-store.ts';
import { draftOf, plenty, supportOf, taskDraft } from '../../examples.ts';
import { recordsOf } from './records.ts';

/** The part of the contract of every TaskStore that is about usage and quotas. */
export function describeUsage(store: () => TaskStore, create: (quota: Quota) => Promise<TaskStore>): void {
  const { accept, end } = recordsOf(store);

  describe('usage', () => {
    const usage = () => store().usage('acme');
    const none = { tasks: 0, examples: 0, bytes: 0, queued: 0 };

    it('counts tasks, examples, bytes, and adaptations that have not ended', async () => {
      expect(await usage()).toEqual(none);
      await store().putTask(taskDraft);
      const { bytes: task } = await usage();
      expect(await usage()).toEqual({ tasks: 1, examples: 0, bytes: task, queued: 0 });
      await accept('one', { sequence: 1 });
      const { bytes } = await usage();
      expect(bytes - task).toBeGreaterThan(8);
      expect(await usage()).toEqual({ tasks: 1, examples: 2, bytes, queued: 1 });
      await accept('two', { sequence: 3 });
      await store().putTask({ ...taskDraft, id: 'ruins' });
      expect(await usage()).toEqual({ tasks: 2, examples: 4, bytes: 2 * bytes, queued: 2 });
      await end('one', 'succeeded');
      await end('two', 'running');
      expect(await usage()).toMatchObject({ examples: 4, queued: 1 });
      expect(await store().usage('other')).toEqual(none);
    });

    it('counts an adaptation once if it is accepted twice', async () => {
      await accept('one');
      await accept('one');
      await accept('with other settings');
      expect(await usage()).toMatchObject({ tasks: 1, examples: 2, queued: 2 });
      await end('one', 'failed');
      await accept('one');
      expect(await usage()).toMatchObject({ tasks: 1, examples: 2, queued: 2 });
    });

    it('counts the record of each adaptation of one support set, with any labels', async () => {
      const labels = { ['ä'.repeat(1000)]: 1, bet: 1 };
      const support = { ...draftOf('one').support, labels };
      await accept('one');
      const { bytes } = await usage();
      await accept('two', { support });
      const more = (await usage()).bytes - bytes;
      expect(more).toBeGreaterThan(2000);
      await accept('six', { support });
      expect((await usage()).bytes).toBe(bytes + 2 * more);
    });

    it('counts only the difference when a record or metadata is replaced', async () => {
      await accept('one');
      const { bytes } = await usage();
      await end('one', 'failed');
      await accept('one', { model: `${draftOf('one').model}0123` });
      expect((await usage()).bytes).toBe(bytes + 4);
      await store().putTask({ ...taskDraft, metadata: { note: 'x'.repeat(100) } });
      expect((await usage()).bytes).toBeGreaterThan(bytes + 100);
      await store().putTask({ ...taskDraft, metadata: {} });
      expect((await usage()).bytes).toBe(bytes + 4);
    });

    it('refuses metadata beyond the quota of bytes from every request', async () => {
      await using small = await create({ ...plenty, bytes: 300 });
      const { task } = await small.putTask(taskDraft);
      const more = small.putTask({ ...taskDraft, metadata: { note: 'x'.repeat(300) } });
      await expect(more).rejects.toMatchObject({ code: 'quota_exceeded' });
      expect(await small.task('acme', 'runes')).toEqual(task);
    });

    it('is zero again when everything is deleted', async () => {
      await accept('one');
      await end('one', 'succeeded');
      await accept('two');
      await accept('one', { task: 'other' });
      await store().deleteTask('acme', 'runes');
      expect(await usage()).toMatchObject({ tasks: 1, examples: 2, queued: 1 });
      await store().deleteTask('acme', 'other');
      expect(await usage()).toEqual(none);
    });

    it.each([
      ['tasks', 'quota_exceeded', { tasks: 1 }, { task: 'other' }],
      ['examples', 'quota_exceeded', { examples: 3 }, { sequence: 2 }],
      ['bytes', 'quota_exceeded', { bytes: 1000 }, { sequence: 2 }],
      ['queued', 'too_many_queued', { queued: 1 }, { sequence: 2 }],
    ] as const)('refuses more %s than the quota, and writes nothing', async (field, code, quota, more) => {
      await using small = await create({ ...plenty, ...quota });
      const { accept } = recordsOf(() => small);
      await accept('one', { sequence: 1 });
      const before = await small.usage('acme');
      const { details, ...error } = await accept('two', more).catch((refused) => refused);
      expect(error).toMatchObject({ code });
      expect(details.expected).toMatch(new RegExp(`at most ${quota[field as keyof typeof quota]}`));
      expect(await small.usage('acme')).toEqual(before);
      expect(await small.adaptation('acme', 'runes', 'two')).toBeNull();
      expect((await accept('one', { sequence: 1 })).accepted).toBe(false);
    });

    it('refuses a task beyond the quota, but accepts changes to an existing one', async () => {
      await using small = await create({ ...plenty, tasks: 1 });
      await small.putTask(taskDraft);
      await expect(small.putTask({ ...taskDraft, id: 'other' })).rejects.toMatchObject({
        code: 'quota_exceeded',
      });
      expect(await small.putTask({ ...taskDraft, metadata: { a: 'b' } })).toMatchObject({ created: false });
      expect(await small.task('acme', 'other')).toBeNull();
    });

    it('is not exceeded by many concurrent requests', async () => {
      await using small = await create({ ...plenty, queued: 5 });
      const answers = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) =>
          small.accept(draftOf(`id${i}`, { task: `task${i % 7}` }), supportOf(['a', 'b']), {
            ...taskDraft,
            id: `task${i % 7}`,
          }),
        ),
      );
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
      expect(await small.usage('acme')).toMatchObject({ queued: 5 });
    });
  });
}
