import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Adaptation, AdaptationStatus } from '../../../src/domain/adaptation.ts';
import type { Quota } from '../../../src/domain/usage.ts';
import type { TaskStore } from '../../../src/ports/task-store.ts';
import { draftOf, plenty, supportOf, targetsOf, taskDraft } from '../examples.ts';
import { describeContentStoreContract } from './content-store.ts';

/** The contract of every TaskStore. `create` returns an empty store. */
export function describeTaskStoreContract(create: (quota: Quota) => Promise<TaskStore>): void {
  let store: TaskStore;
  beforeEach(async () => {
    store = await create(plenty);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  const accept = async (id: string, overrides: Partial<Adaptation> = {}) => {
    const support = supportOf(['alef', 'bet'], overrides.sequence ?? 0);
    const answer = await store.accept(draftOf(id, overrides), support, {
      ...taskDraft,
      tenant: overrides.tenant ?? taskDraft.tenant,
      id: overrides.task ?? taskDraft.id,
    });
    if (!answer) throw new Error('Expected an answer without expectSubmitted');
    return answer;
  };
  const end = (id: string, status: AdaptationStatus) =>
    store.update('acme', 'runes', id, (record) => ({
      ...record,
      status,
      endedAt: '2026-01-02T00:00:00.000Z',
    }));
  const current = async () => (await store.task('acme', 'runes'))?.current;

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
          packageUpdates: 'pin',
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

  describe('accept', () => {
    it('stores the task, the record and the support set together', async () => {
      const given = supportOf(['bet', 'alef', 'bet']);
      const { support } = given;
      const answer = await store.accept(draftOf('one'), given, { ...taskDraft, metadata: { a: 'b' } });
      expect(answer).toEqual({ adaptation: { ...draftOf('one'), sequence: 1 }, accepted: true });
      expect(await store.task('acme', 'runes')).toMatchObject({
        submitted: 1,
        current: null,
        metadata: { a: 'b' },
      });
      expect(await store.supportSet('acme', 'runes', support.digest)).toEqual(support);
    });

    it('returns targets unchanged', async () => {
      const given = targetsOf([
        { x: [1], target: [0.25] },
        { x: [2], target: [-3] },
      ]);
      await store.accept(draftOf('one'), given, taskDraft);
      expect(await store.supportSet('acme', 'runes', given.support.digest)).toEqual(given.support);
    });

    it.each(['queued', 'running', 'succeeded'] as const)(
      'does not run a %s adaptation again',
      async (status) => {
        await accept('one');
        if (status !== 'queued') await end('one', status);
        const again = await accept('one', { createdAt: 'later' });
        expect(again.accepted).toBe(false);
        expect(again.adaptation).toMatchObject({ status, sequence: 1, createdAt: draftOf('one').createdAt });
        expect((await store.task('acme', 'runes'))?.submitted).toBe(1);
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
      expect((await store.unfinished()).map(({ id }) => id)).toEqual(['one']);
      expect((await store.adaptations('acme', 'runes', { limit: 9 })).data).toHaveLength(1);
    });

    it('makes a succeeded adaptation current again, even if another one ends later', async () => {
      await accept('one');
      await end('one', 'succeeded');
      await accept('two');
      const again = await accept('one');
      expect(again.adaptation).toMatchObject({ status: 'succeeded', sequence: 3 });
      await end('two', 'succeeded');
      expect(await current()).toBe('one');
      const { data } = await store.adaptations('acme', 'runes', { limit: 9 });
      expect(data.map(({ id }) => id)).toEqual(['one', 'two']);
    });

    it('refuses another model and writes nothing', async () => {
      await store.putTask(taskDraft);
      const refused = store.accept(draftOf('one'), supportOf(['a', 'b']), { ...taskDraft, model: 'other' });
      await expect(refused).rejects.toMatchObject({ code: 'model_conflict' });
      expect(await store.adaptation('acme', 'runes', 'one')).toBeNull();
      expect(await store.unfinished()).toEqual([]);
    });

    it('writes nothing if another adaptation was accepted since the read', async () => {
      await accept('one');
      const given = supportOf(['a', 'b'], 5);
      expect(await store.accept(draftOf('two'), given, taskDraft, { expectSubmitted: 0 })).toBeNull();
      expect(await store.adaptation('acme', 'runes', 'two')).toBeNull();
      expect(await store.supportSet('acme', 'runes', given.support.digest)).toBeNull();
      expect(await store.accept(draftOf('two'), given, taskDraft, { expectSubmitted: 1 })).toMatchObject({
        accepted: true,
      });
    });

    it('writes nothing if the task was deleted and created again since the read, without the contents', async () => {
      const [former, given] = [supportOf(['a', 'b']), supportOf(['a', 'b', 'b'])];
      const more = { ...given, contents: new Map([...given.contents].slice(2)) };
      await store.accept(draftOf('one'), former, taskDraft);
      await store.deleteTask('acme', 'runes');
      await store.accept(draftOf('other'), supportOf(['a', 'b'], 5), taskDraft);
      const before = await store.usage('acme');
      expect(await store.accept(draftOf('two'), more, taskDraft, { expectSubmitted: 1 })).toBeNull();
      expect(await store.usage('acme')).toEqual(before);
      await store.accept(draftOf('one'), former, taskDraft);
      expect(await store.accept(draftOf('two'), more, taskDraft, { expectSubmitted: 2 })).not.toBeNull();
    });

    it('gives each adaptation a different sequence number when many are accepted at once', async () => {
      const ids = Array.from({ length: 20 }, (_, i) => `id${i}`);
      const answers = await Promise.all(ids.map((id) => accept(id)));
      const sequences = answers.map(({ adaptation }) => adaptation.sequence).sort((a, b) => a - b);
      expect(sequences).toEqual(ids.map((_, i) => i + 1));
    });
  });

  describe('idempotency keys', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const dayLater = '2026-01-02T00:00:00.000Z';
    const almost = '2026-01-01T23:59:59.999Z';
    const first = { key: 'k/1', digest: 'sha256:one' };
    const under = (idempotency = first, now = at, task = 'runes', tenant = 'acme') =>
      store.acceptedUnder(tenant, task, idempotency, now);
    const acceptKeyed = (id: string, idempotency = first, overrides: Partial<Adaptation> = {}) => {
      const draft = draftOf(id, overrides);
      return store.accept(
        draft,
        supportOf(['alef', 'bet'], overrides.sequence ?? 0),
        { ...taskDraft, tenant: draft.tenant, id: draft.task },
        { idempotency },
      );
    };

    it('return the first adaptation, and write nothing more', async () => {
      expect(await under()).toBeNull();
      const answer = await acceptKeyed('one');
      expect(answer).toMatchObject({ adaptation: { id: 'one', sequence: 1 }, accepted: true });
      const usage = await store.usage('acme');
      const again = await acceptKeyed('two', first, { sequence: 9, createdAt: almost });
      expect(again).toEqual({ ...answer, accepted: false });
      expect(await under()).toEqual(answer?.adaptation);
      expect(await store.adaptation('acme', 'runes', 'two')).toBeNull();
      expect(await store.task('acme', 'runes')).toMatchObject({ submitted: 1 });
      expect(await store.usage('acme')).toEqual(usage);
    });

    it('return the current record of the first adaptation, and keep a later one as the latest', async () => {
      await acceptKeyed('one');
      await accept('two', { sequence: 2 });
      await end('two', 'succeeded');
      const ended = await end('one', 'failed');
      const again = await acceptKeyed('one');
      expect(again).toEqual({ adaptation: ended, accepted: false });
      expect(await current()).toBe('two');
      expect(await store.task('acme', 'runes')).toMatchObject({ submitted: 2 });
    });

    it('are looked up before conditions and quotas are checked', async () => {
      await using small = await create({ ...plenty, queued: 1 });
      const given = [draftOf('one'), supportOf(['a', 'b']), taskDraft] as const;
      await small.accept(...given, { idempotency: first });
      const again = await small.accept(...given, { idempotency: first, expectSubmitted: 7 });
      expect(again).toMatchObject({ adaptation: { id: 'one' }, accepted: false });
    });

    it('refuse other content, and write nothing', async () => {
      await acceptKeyed('one');
      const other = { ...first, digest: 'sha256:two' };
      await expect(acceptKeyed('two', other)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
      await expect(under(other)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
      expect(await store.adaptation('acme', 'runes', 'two')).toBeNull();
    });

    it('belong to one task of one tenant', async () => {
      await acceptKeyed('one');
      const other = { ...first, digest: 'sha256:two' };
      expect(await under(other, at, 'ruins')).toBeNull();
      expect(await under(other, at, 'runes', 'other')).toBeNull();
      expect(await acceptKeyed('two', other, { task: 'ruins' })).toMatchObject({ accepted: true });
      expect(await acceptKeyed('two', other, { tenant: 'other' })).toMatchObject({ accepted: true });
    });

    it('are not stored if the request was refused', async () => {
      await expect(
        store.accept(draftOf('one'), supportOf(['a', 'b']), taskDraft, {
          idempotency: first,
          expectSubmitted: 3,
        }),
      ).resolves.toBeNull();
      expect(await under()).toBeNull();
      expect(await acceptKeyed('two', { ...first, digest: 'sha256:two' })).toMatchObject({ accepted: true });
    });

    it('accept one request if many come at once', async () => {
      const ids = Array.from({ length: 12 }, (_, i) => `id${i}`);
      const answers = await Promise.all(ids.map((id) => acceptKeyed(id)));
      expect(answers.filter((answer) => answer?.accepted)).toHaveLength(1);
      expect(new Set(answers.map((answer) => answer?.adaptation.id)).size).toBe(1);
      expect(await store.usage('acme')).toMatchObject({ queued: 1, examples: 2 });
    });

    it('count in bytes until they are removed, a day later', async () => {
      await accept('one');
      const { bytes } = await store.usage('acme');
      await acceptKeyed('one');
      await acceptKeyed('one', { key: 'a'.repeat(255), digest: 'sha256:one' });
      await acceptKeyed('one', { key: 'later', digest: 'sha256:one' }, { createdAt: almost });
      const kept = await store.usage('acme');
      expect(kept.bytes - bytes).toBeGreaterThan(255);
      await store.removeExpiredIdempotencyKeys(almost);
      expect(await store.usage('acme')).toEqual(kept);
      await store.removeExpiredIdempotencyKeys(dayLater);
      const rest = (await store.usage('acme')).bytes;
      expect(rest).toBeLessThan(kept.bytes - 255);
      expect(rest).toBeGreaterThan(bytes);
      expect(await under({ ...first, key: 'later' }, dayLater)).toMatchObject({ id: 'one' });
      await store.removeExpiredIdempotencyKeys('2026-02-01T00:00:00.000Z');
      expect((await store.usage('acme')).bytes).toBe(bytes);
    });

    it('can be used again a day later, removed or not', async () => {
      await acceptKeyed('one');
      const { bytes } = await store.usage('acme');
      expect(await under(first, almost)).toMatchObject({ id: 'one' });
      expect(await under(first, dayLater)).toBeNull();
      const other = { ...first, digest: 'sha256:two' };
      expect(await acceptKeyed('two', other, { createdAt: dayLater })).toMatchObject({ accepted: true });
      await store.removeExpiredIdempotencyKeys(dayLater);
      expect(await under(other, dayLater)).toMatchObject({ id: 'two' });
      await store.deleteTask('acme', 'runes');
      expect(bytes).toBeGreaterThan(0);
      expect(await store.usage('acme')).toEqual({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
    });

    it('are deleted with their task', async () => {
      await acceptKeyed('one');
      await acceptKeyed('two', { ...first, key: 'k2' }, { task: 'runes2' });
      await store.deleteTask('acme', 'runes');
      expect(await under()).toBeNull();
      expect(await under({ ...first, key: 'k2' }, at, 'runes2')).toMatchObject({ id: 'two' });
      await store.removeExpiredIdempotencyKeys('2026-02-01T00:00:00.000Z');
      await store.deleteTask('acme', 'runes2');
      expect(await store.usage('acme')).toEqual({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
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

  describe('usage', () => {
    const usage = () => store.usage('acme');
    const none = { tasks: 0, examples: 0, bytes: 0, queued: 0 };

    it('counts tasks, examples, bytes, and adaptations that have not ended', async () => {
      expect(await usage()).toEqual(none);
      await store.putTask(taskDraft);
      const { bytes: task } = await usage();
      expect(await usage()).toEqual({ tasks: 1, examples: 0, bytes: task, queued: 0 });
      await accept('one', { sequence: 1 });
      const { bytes } = await usage();
      expect(bytes - task).toBeGreaterThan(8);
      expect(await usage()).toEqual({ tasks: 1, examples: 2, bytes, queued: 1 });
      await accept('two', { sequence: 3 });
      await store.putTask({ ...taskDraft, id: 'ruins' });
      expect(await usage()).toEqual({ tasks: 2, examples: 4, bytes: 2 * bytes, queued: 2 });
      await end('one', 'succeeded');
      await end('two', 'running');
      expect(await usage()).toMatchObject({ examples: 4, queued: 1 });
      expect(await store.usage('other')).toEqual(none);
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
      await store.putTask({ ...taskDraft, metadata: { note: 'x'.repeat(100) } });
      expect((await usage()).bytes).toBeGreaterThan(bytes + 100);
      await store.putTask({ ...taskDraft, metadata: {} });
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
      await store.deleteTask('acme', 'runes');
      expect(await usage()).toMatchObject({ tasks: 1, examples: 2, queued: 1 });
      await store.deleteTask('acme', 'other');
      expect(await usage()).toEqual(none);
    });

    it.each([
      ['tasks', 'quota_exceeded', { tasks: 1 }, { task: 'other' }],
      ['examples', 'quota_exceeded', { examples: 3 }, { sequence: 2 }],
      ['bytes', 'quota_exceeded', { bytes: 1000 }, { sequence: 2 }],
      ['queued', 'too_many_queued', { queued: 1 }, { sequence: 2 }],
    ] as const)('refuses more %s than the quota, and writes nothing', async (field, code, quota, more) => {
      await using small = await create({ ...plenty, ...quota });
      const bounded = store;
      store = small;
      try {
        await accept('one', { sequence: 1 });
        const before = await usage();
        const { details, ...error } = await accept('two', more).catch((refused) => refused);
        expect(error).toMatchObject({ code });
        expect(details.expected).toMatch(new RegExp(`at most ${quota[field as keyof typeof quota]}`));
        expect(await usage()).toEqual(before);
        expect(await store.adaptation('acme', 'runes', 'two')).toBeNull();
        expect((await accept('one', { sequence: 1 })).accepted).toBe(false);
      } finally {
        store = bounded;
      }
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

  describe('update', () => {
    it('applies the change and returns the record', async () => {
      await accept('one');
      const record = await store.update('acme', 'runes', 'one', (each) => ({ ...each, losses: [1, 0.5] }));
      expect(record?.losses).toEqual([1, 0.5]);
      expect(await store.adaptation('acme', 'runes', 'one')).toEqual(record);
    });

    it('makes a record that succeeds the current one', async () => {
      await accept('one');
      await end('one', 'succeeded');
      expect(await current()).toBe('one');
      await accept('two');
      expect(await current()).toBe('one');
      await end('two', 'failed');
      expect(await current()).toBe('one');
    });

    it('never lets an earlier adaptation replace a later one', async () => {
      await accept('one');
      await accept('two');
      await end('two', 'succeeded');
      await end('one', 'succeeded');
      expect(await current()).toBe('two');
    });

    it.each(['succeeded', 'failed', 'cancelled'] as const)('leaves a %s record alone', async (status) => {
      await accept('one');
      const ended = await end('one', status);
      expect(await end('one', 'running')).toEqual(ended);
      expect(await store.adaptation('acme', 'runes', 'one')).toEqual(ended);
    });

    it('writes nothing when the change is null', async () => {
      const { adaptation } = await accept('one');
      expect(await store.update('acme', 'runes', 'one', () => null)).toEqual(adaptation);
    });

    it('returns null if the record was deleted', async () => {
      expect(await store.update('acme', 'runes', 'one', (each) => each)).toBeNull();
    });

    it('applies concurrent changes one after the other', async () => {
      await accept('one');
      const add = () =>
        store.update('acme', 'runes', 'one', (each) => ({ ...each, losses: [...each.losses, 1] }));
      await Promise.all(Array.from({ length: 20 }, add));
      expect((await store.adaptation('acme', 'runes', 'one'))?.losses).toHaveLength(20);
    });
  });

  describeContentStoreContract(() => store, create);
}
