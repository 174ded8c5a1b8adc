import { describe, expect, it } from 'vitest';
import type { AdaptationStatus } from '../../../src/domain/adaptation.ts';
import type { ExampleFilter, NewOutcome } from '../../../src/domain/examples/edit.ts';
import { isStale } from '../../../src/domain/examples/latest.ts';
import type { Usage } from '../../../src/domain/usage.ts';
import type { TaskStore } from '../../../src/ports/stores/task-store.ts';
import { tensor } from '../../../src/tensor.ts';
import { draftOf, givenSupport, plenty, supportOf, targetsOf, taskDraft } from '../examples.ts';

const ENCODER = 'sha256:encoder';
const NOW = '2026-02-01T00:00:00.000Z';

/** The part of the contract of every TaskStore that is about edits of examples. */
export function describeExampleStoreContract(
  store: () => TaskStore,
  create: (quota: Usage) => Promise<TaskStore>,
): void {
  const three = supportOf(['a', 'b', 'b']);
  const idOf = (given: typeof three, n: number) => given.support.examples[n]?.id ?? '';
  const digestOf = (given: typeof three, n: number) => given.support.examples[n]?.content ?? '';
  const accept = async (id: string, given = three, task = 'runes', at = store()) => {
    const { digest, examples } = given.support;
    const draft = draftOf(id, { task, support: { digest, examples: examples.length } });
    return at.accept(draft, given, { ...taskDraft, id: task });
  };
  const end = (id: string, status: AdaptationStatus = 'succeeded', task = 'runes') =>
    store().update('acme', task, id, (each) => ({ ...each, status, losses: [0.5], endedAt: NOW }));
  const learn = async (id: string, given = three, task = 'runes') => {
    await accept(id, given, task);
    await end(id, 'succeeded', task);
  };
  const relabel = (id: string, outcome: NewOutcome, task = 'runes', at = store()) =>
    at.editExamples('acme', task, { type: 'relabel', id, outcome }, NOW);
  const erase = (which: ExampleFilter, task = 'runes', at = store()) =>
    at.editExamples('acme', task, { type: 'erase', which }, NOW);
  const task = async (id = 'runes') => {
    const found = await store().task('acme', id);
    if (!found) throw new Error('Expected the task');
    return found;
  };
  const record = (id: string, of = 'runes') => store().adaptation('acme', of, id);
  const list = async (id = 'runes') => {
    const { edited } = await task(id);
    return edited ? store().supportSet('acme', id, edited.digest) : null;
  };
  const isStored = async (digest: string) => [
    (await store().contents('acme', [digest])).size,
    (await store().features('acme', ENCODER, [digest])).size,
    (await store().contentSizes('acme', [digest])).size,
  ];
  const empty = { tasks: 0, examples: 0, bytes: 0, queued: 0 };

  describe('an example with another label', () => {
    it('makes a new list, and leaves the sets of adaptations as they are', async () => {
      await learn('one');
      const edited = await relabel(idOf(three, 2), { label: 'c' });
      expect(edited).toMatchObject({ examples: [{ id: idOf(three, 2), label: 'c' }], erased: [] });
      expect((await list())?.outcome).toMatchObject({ labels: ['a', 'b', 'c'] });
      const learnt = await store().supportSet('acme', 'runes', three.support.digest);
      expect(learnt?.outcome).toMatchObject({ labels: ['a', 'b', 'b'] });
      expect(await task()).toMatchObject({ current: 'one', submitted: 2, edited: { sequence: 2 } });
      expect(isStale(await task(), await record('one'))).toBe(true);
    });

    it('keeps each of many concurrent edits', async () => {
      const many = supportOf(Array.from({ length: 12 }, (_, n) => `l${n % 2}`));
      await learn('one', many);
      const ids = many.support.examples.map(({ id }) => id);
      await Promise.all(ids.slice(0, 10).map((id, n) => relabel(id, { label: `new${n}` })));
      const labels = (await list())?.examples.map(({ label }) => label);
      expect(labels).toEqual([...Array.from({ length: 10 }, (_, n) => `new${n}`), 'l0', 'l1']);
      // The lists in between are gone.
      expect((await store().usage('acme')).examples).toBe(24);
    });

    it('takes targets of the right size where the task predicts numbers, and refuses labels', async () => {
      const points = targetsOf([
        { x: [0], target: [1, 2] },
        { x: [1], target: [3, 4] },
      ]);
      await learn('one', points);
      await relabel(idOf(points, 1), { target: [5, 6] });
      expect((await list())?.examples[1]?.target).toEqual([5, 6]);
      const before = await task();
      for (const outcome of [{ label: 'x' }, { target: [1] }])
        await expect(relabel(idOf(points, 1), outcome)).rejects.toMatchObject({
          code: 'invalid_support_set',
        });
      expect(await task()).toEqual(before);
    });

    it('is refused beyond the quota, and changes nothing', async () => {
      await using small = await create({ ...plenty, examples: 5 });
      await accept('one', three, 'runes', small);
      const refused = relabel(idOf(three, 0), { label: 'c' }, 'runes', small);
      await expect(refused).rejects.toMatchObject({ code: 'quota_exceeded' });
      expect((await small.task('acme', 'runes'))?.edited).toBeUndefined();
    });

    it('is not found in a task without it', async () => {
      expect(await relabel(idOf(three, 0), { label: 'c' })).toBeNull();
      await learn('one');
      expect(await relabel('ex_none', { label: 'c' })).toBeNull();
    });
  });

  describe('an erased example', () => {
    it('leaves no bytes, no features, no set, and no adaptation that learnt from it', async () => {
      await learn('one');
      await accept('running');
      await accept('waiting', supportOf(['a', 'b', 'b', 'b']));
      const encoded = three.support.examples.map(({ content }) => [content, tensor([1], [7])] as const);
      await store().putFeatures('acme', ENCODER, new Map(encoded));
      const plan = await store().planExamples(
        'acme',
        'runes',
        { type: 'erase', which: { id: idOf(three, 0) } },
        NOW,
      );
      const edited = await erase({ id: idOf(three, 0) });
      expect(edited?.erased.toSorted()).toEqual(['one', 'running', 'waiting']);
      expect(edited?.unfinished.toSorted()).toEqual(['running', 'waiting']);
      expect(plan).toEqual(edited);
      expect(await isStored(digestOf(three, 0))).toEqual([0, 0, 0]);
      expect(await isStored(digestOf(three, 1))).toEqual([1, 1, 1]);
      expect(await store().supportSet('acme', 'runes', three.support.digest)).toBeNull();
      expect(await record('one')).toMatchObject({ status: 'erased', losses: [], endedAt: NOW });
      expect(await task()).toMatchObject({ current: null });
      expect(await store().unfinished()).toEqual([]);
      expect((await store().usage('acme')).queued).toBe(0);
      expect((await list())?.examples).toHaveLength(3);
      await store().deleteTask('acme', 'runes');
      expect(await store().usage('acme')).toEqual(empty);
    });

    it('ends a run: its record takes no more changes', async () => {
      await accept('one');
      await erase({ id: idOf(three, 0) });
      expect(await end('one')).toMatchObject({ status: 'erased' });
      expect((await task()).current).toBeNull();
    });

    it('can be learnt again when it is sent again', async () => {
      await learn('one');
      await erase({ id: idOf(three, 0) });
      expect(await accept('one')).toMatchObject({ accepted: true, adaptation: { status: 'queued' } });
      await end('one');
      expect((await task()).current).toBe('one');
      expect(await isStored(digestOf(three, 0))).toEqual([1, 0, 1]);
    });

    it('stays where another example has the same content: in the list, or in another task', async () => {
      const twice = givenSupport(['a', 'b', 'c'].map((label, n) => ({ x: [n % 2], label })));
      await learn('one', twice);
      await learn('other', twice, 'other');
      await erase({ id: idOf(twice, 0) });
      expect(await isStored(digestOf(twice, 0))).toEqual([1, 0, 1]);
      await erase({ id: idOf(twice, 2) });
      expect(await isStored(digestOf(twice, 0))).toEqual([1, 0, 1]);
      expect(await record('other', 'other')).toMatchObject({ status: 'succeeded' });
      await erase({ label: 'a' }, 'other');
      await erase({ label: 'c' }, 'other');
      expect(await isStored(digestOf(twice, 0))).toEqual([0, 0, 0]);
    });

    it('takes older sets of the task with the same content, under any id', async () => {
      await learn('old', givenSupport(['x', 'y'].map((label, n) => ({ x: [n], label }))));
      await learn('new');
      expect((await erase({ id: idOf(three, 0) }))?.erased.toSorted()).toEqual(['new', 'old']);
      expect(await isStored(digestOf(three, 0))).toEqual([0, 0, 0]);
    });

    it('of an older set is found by its id, and the list stays', async () => {
      const older = supportOf(['a', 'b'], 50);
      await learn('old', older);
      await learn('new');
      expect(await erase({ id: idOf(older, 0) })).toMatchObject({ erased: ['old'] });
      expect(await isStored(digestOf(older, 1))).toEqual([0, 0, 0]);
      expect(await task()).toMatchObject({ current: 'new', submitted: 2 });
    });

    it('goes with others of its label or source, and none where none matches', async () => {
      await learn('one');
      expect(await erase({ source: 'feedback' })).toBeNull();
      expect(await erase({ label: 'b', source: 'feedback' })).toBeNull();
      expect((await erase({ label: 'b' }))?.examples).toHaveLength(2);
      expect((await list())?.examples.map(({ label }) => label)).toEqual(['a']);
      await erase({ source: 'adapt' });
      expect((await list())?.examples).toEqual([]);
      await store().deleteTask('acme', 'runes');
      expect(await store().usage('acme')).toEqual(empty);
    });

    it('is erased also when the quota is exceeded', async () => {
      await using small = await create({ ...plenty, examples: 3 });
      await accept('one', three, 'runes', small);
      expect(await erase({ id: idOf(three, 0) }, 'runes', small)).toMatchObject({ erased: ['one'] });
      expect(await small.usage('acme')).toMatchObject({ examples: 2, queued: 0 });
    });

    it('belongs to one tenant', async () => {
      await learn('one');
      const edit = { type: 'erase', which: { id: idOf(three, 0) } } as const;
      expect(await store().editExamples('other', 'runes', edit, NOW)).toBeNull();
      expect(await store().activate('other', 'runes', 'one')).toBeNull();
      expect(await isStored(digestOf(three, 0))).toEqual([1, 0, 1]);
    });
  });

  describe('an activated adaptation', () => {
    const more = supportOf(['a', 'b'], 9);
    const most = supportOf(['a', 'b'], 20);

    it('is current, until a later one succeeds', async () => {
      await learn('one');
      await learn('two', more);
      expect(await store().activate('acme', 'runes', 'one')).toMatchObject({ id: 'one' });
      expect(await task()).toMatchObject({ current: 'one', submitted: 3 });
      expect(await store().activate('acme', 'runes', 'one')).toMatchObject({ id: 'one' });
      expect((await task()).submitted).toBe(3);
      await learn('three', most);
      expect((await task()).current).toBe('three');
    });

    it('is not replaced by one that was accepted before, and ends later', async () => {
      await learn('one');
      await learn('two', more);
      await accept('late', most);
      await store().activate('acme', 'runes', 'one');
      await end('late');
      expect((await task()).current).toBe('one');
      await accept('late', most);
      expect((await task()).current).toBe('late');
    });

    it('must have succeeded', async () => {
      await learn('one');
      await accept('two', more);
      expect(await store().activate('acme', 'runes', 'two')).toMatchObject({ status: 'queued' });
      expect(await store().activate('acme', 'runes', 'none')).toBeNull();
      expect(await task()).toMatchObject({ current: 'one', submitted: 2 });
      await erase({ id: idOf(three, 0) });
      expect(await store().activate('acme', 'runes', 'one')).toMatchObject({ status: 'erased' });
      expect((await task()).current).toBeNull();
    });
  });
}
