import { describe, expect, it } from 'vitest';
import type { TaskStore } from '../../../../src/ports/stores/task-store.ts';
import { draftOf, supportOf, targetsOf, taskDraft } from '../../examples.ts';
import { recordsOf } from './records.ts';

/** The part of the contract of every TaskStore that is about new adaptations. */
export function describeAccept(store: () => TaskStore): void {
  const { accept, end, current } = recordsOf(store);

  describe('accept', () => {
    it('stores the task, the record and the support set together', async () => {
      const given = supportOf(['bet', 'alef', 'bet']);
      const { support } = given;
      const answer = await store().accept(draftOf('one'), given, { ...taskDraft, metadata: { a: 'b' } });
      expect(answer).toEqual({ adaptation: { ...draftOf('one'), sequence: 1 }, accepted: true });
      expect(await store().task('acme', 'runes')).toMatchObject({
        submitted: 1,
        current: null,
        metadata: { a: 'b' },
      });
      expect(await store().supportSet('acme', 'runes', support.digest)).toEqual(support);
    });

    it('returns targets unchanged', async () => {
      const given = targetsOf([
        { x: [1], target: [0.25] },
        { x: [2], target: [-3] },
      ]);
      await store().accept(draftOf('one'), given, taskDraft);
      expect(await store().supportSet('acme', 'runes', given.support.digest)).toEqual(given.support);
    });

    it.each(['queued', 'running', 'succeeded'] as const)(
      'does not run a %s adaptation again',
      async (status) => {
        await accept('one');
        if (status !== 'queued') await end('one', status);
        const again = await accept('one', { createdAt: 'later' });
        expect(again.accepted).toBe(false);
        expect(again.adaptation).toMatchObject({ status, sequence: 1, createdAt: draftOf('one').createdAt });
        expect((await store().task('acme', 'runes'))?.submitted).toBe(1);
      },
    );

    it.each(['failed', 'cancelled'] as const)('queues a %s adaptation again', async (status) => {
      await accept('one');
      await end('one', status);
      const again = await accept('one', { createdAt: 'later' });
      expect(again).toEqual({
        adaptation: { ...draftOf('one'), createdAt: 'later', sequence: 2 },
        accepted: true,
      });
      expect((await store().unfinished()).map(({ id }) => id)).toEqual(['one']);
      expect((await store().adaptations('acme', 'runes', { limit: 9 })).data).toHaveLength(1);
    });

    it('makes a succeeded adaptation current again, even if another one ends later', async () => {
      await accept('one');
      await end('one', 'succeeded');
      await accept('two');
      const again = await accept('one');
      expect(again.adaptation).toMatchObject({ status: 'succeeded', sequence: 3 });
      await end('two', 'succeeded');
      expect(await current()).toBe('one');
      const { data } = await store().adaptations('acme', 'runes', { limit: 9 });
      expect(data.map(({ id }) => id)).toEqual(['one', 'two']);
    });

    it('refuses another model and writes nothing', async () => {
      await store().putTask(taskDraft);
      const refused = store().accept(draftOf('one'), supportOf(['a', 'b']), { ...taskDraft, model: 'other' });
      await expect(refused).rejects.toMatchObject({ code: 'model_conflict' });
      expect(await store().adaptation('acme', 'runes', 'one')).toBeNull();
      expect(await store().unfinished()).toEqual([]);
    });

    it('writes nothing if another adaptation was accepted since the read', async () => {
      await accept('one');
      const given = supportOf(['a', 'b'], 5);
      expect(await store().accept(draftOf('two'), given, taskDraft, { expectSubmitted: 0 })).toBeNull();
      expect(await store().adaptation('acme', 'runes', 'two')).toBeNull();
      expect(await store().supportSet('acme', 'runes', given.support.digest)).toBeNull();
      expect(await store().accept(draftOf('two'), given, taskDraft, { expectSubmitted: 1 })).toMatchObject({
        accepted: true,
      });
    });

    it('writes nothing if the task was deleted and created again since the read, without the contents', async () => {
      const [former, given] = [supportOf(['a', 'b']), supportOf(['a', 'b', 'b'])];
      const more = { ...given, contents: new Map([...given.contents].slice(2)) };
      await store().accept(draftOf('one'), former, taskDraft);
      await store().deleteTask('acme', 'runes');
      await store().accept(draftOf('other'), supportOf(['a', 'b'], 5), taskDraft);
      const before = await store().usage('acme');
      expect(await store().accept(draftOf('two'), more, taskDraft, { expectSubmitted: 1 })).toBeNull();
      expect(await store().usage('acme')).toEqual(before);
      await store().accept(draftOf('one'), former, taskDraft);
      expect(await store().accept(draftOf('two'), more, taskDraft, { expectSubmitted: 2 })).not.toBeNull();
    });

    it('gives each adaptation a different sequence number when many are accepted at once', async () => {
      const ids = Array.from({ length: 20 }, (_, i) => `id${i}`);
      const answers = await Promise.all(ids.map((id) => accept(id)));
      const sequences = answers.map(({ adaptation }) => adaptation.sequence).sort((a, b) => a - b);
      expect(sequences).toEqual(ids.map((_, i) => i + 1));
    });
  });
}
