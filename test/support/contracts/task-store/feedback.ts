import { describe, expect, it } from 'vitest';
import { contentDigestOf, textContent } from '../../../../src/domain/content.ts';
import { type Example, newExampleId } from '../../../../src/domain/example.ts';
import type { FeedbackEdit } from '../../../../src/domain/examples/edit.ts';
import { BATCH } from '../../../../src/domain/feedback/due.ts';
import type { TaskStore } from '../../../../src/ports/stores/task-store.ts';
import { draftOf, supportOf, taskDraft } from '../../examples.ts';
import { recordsOf } from './records.ts';

const NOW = '2026-02-01T00:00:00.000Z';
const later = (ms: number) => new Date(Date.parse(NOW) + ms).toISOString();

/** The part of the contract of every TaskStore that is about feedback. */
export function describeFeedback(store: () => TaskStore): void {
  const { end } = recordsOf(store);
  const given = supportOf(['a', 'b', 'b']);
  const accept = (id: string) => {
    const { digest } = given.support;
    return store().accept(draftOf(id, { support: { digest, examples: 3 } }), given, taskDraft);
  };
  const feedback = (text: string, label: string, more: Partial<FeedbackEdit> = {}): FeedbackEdit => {
    const content = textContent(text);
    const example: Example = {
      id: newExampleId(),
      kind: 'text',
      content: contentDigestOf(content),
      label,
      weight: 1,
      createdAt: NOW,
      source: 'feedback',
    };
    return { type: 'feedback', example, content, readapt: 'never', ...more };
  };
  const give = (edit: FeedbackEdit, at = NOW) => store().editExamples('acme', 'runes', edit, at);
  const task = async () => (await store().task('acme', 'runes')) ?? expect.fail('no task');
  const list = async () => {
    const { edited } = await task();
    const set = edited && (await store().supportSet('acme', 'runes', edited.digest));
    return set?.examples.map(({ label, weight, source }) => [label, weight, source]);
  };
  const due = (at = NOW) => store().feedbackDue(at);
  const learn = async () => {
    await accept('one');
    await end('one', 'succeeded');
  };

  describe('feedback', () => {
    it('adds an example with its content, and leaves the current adaptation', async () => {
      await learn();
      const edit = feedback('seen', 'c');
      const edited = await give(edit);
      expect(edited).toMatchObject({ examples: [{ id: edit.example.id, label: 'c' }], erased: [] });
      expect(await list()).toEqual([
        ['a', 1, 'adapt'],
        ['b', 1, 'adapt'],
        ['b', 1, 'adapt'],
        ['c', 1, 'feedback'],
      ]);
      const stored = await store().contents('acme', [edit.example.content]);
      expect(Buffer.from(stored.get(edit.example.content)?.bytes ?? []).toString()).toBe('seen');
      expect(await task()).toMatchObject({ current: 'one', submitted: 2, edited: { sequence: 2 } });
      expect(await due()).toEqual([]);
    });

    it('weighs at most half of its label, and replaces the label of the same content', async () => {
      await learn();
      const edits = ['x', 'y'].map((text) => feedback(text, 'a'));
      for (const edit of edits) await give(edit);
      expect((await list())?.slice(3)).toEqual([
        ['a', 0.5, 'feedback'],
        ['a', 0.5, 'feedback'],
      ]);
      const again = await give(feedback('y', 'b'));
      expect(again?.examples).toMatchObject([{ id: edits[1]?.example.id, label: 'b', weight: 1 }]);
      expect((await list())?.slice(3)).toEqual([
        ['a', 1, 'feedback'],
        ['b', 1, 'feedback'],
      ]);
    });

    it('is due at once, or as a batch, until an adaptation is accepted', async () => {
      await learn();
      await give(feedback('x', 'a', { readapt: 'batch' }));
      expect(await due(later(BATCH.ms - 1))).toEqual([]);
      expect(await due(later(BATCH.ms))).toEqual([{ tenant: 'acme', task: 'runes' }]);
      for (let n = 2; n < BATCH.feedbacks; n++) await give(feedback(`${n}`, 'a', { readapt: 'batch' }));
      expect(await due()).toEqual([]);
      await give(feedback('last', 'a', { readapt: 'batch' }), later(1));
      expect(await due(later(1))).toHaveLength(1);
      expect((await task()).feedbackDue).toEqual({ count: BATCH.feedbacks, at: later(1) });
      await accept('two');
      expect(await due(later(1))).toEqual([]);
      expect((await task()).feedbackDue).toBeUndefined();
      await give(feedback('now', 'a', { readapt: 'now' }));
      expect(await due()).toHaveLength(1);
      await store().deleteTask('acme', 'runes');
      expect(await due()).toEqual([]);
    });

    it('is given once under one idempotency key', async () => {
      await learn();
      const idempotency = { key: 'k1', digest: 'sha256:one' };
      const first = await give(feedback('x', 'a', { idempotency }));
      const usage = await store().usage('acme');
      const again = await give(feedback('x', 'a', { idempotency }));
      expect(again?.examples).toEqual(first?.examples);
      expect(await store().usage('acme')).toEqual(usage);
      expect((await task()).submitted).toBe(2);
      const other = { key: 'k1', digest: 'sha256:two' };
      const reused = give(feedback('y', 'a', { idempotency: other }));
      await expect(reused).rejects.toMatchObject({ code: 'idempotency_key_reused' });
      expect((await list())?.length).toBe(4);
    });

    it('keeps each of many concurrent ones', async () => {
      await learn();
      await Promise.all(Array.from({ length: 20 }, (_, n) => give(feedback(`t${n}`, 'a'))));
      expect(await list()).toHaveLength(23);
    });
  });
}
