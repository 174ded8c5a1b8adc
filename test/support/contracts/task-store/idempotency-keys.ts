import { describe, expect, it } from 'vitest';
import type { Adaptation } from '../../../../src/domain/adaptation.ts';
import type { Quota } from '../../../../src/domain/usage.ts';
import type { TaskStore } from '../../../../src/ports/stores/task-store.ts';
import { draftOf, plenty, supportOf, taskDraft } from '../../examples.ts';
import { recordsOf } from './records.ts';

/** The part of the contract of every TaskStore that is about idempotency keys. */
export function describeIdempotencyKeys(
  store: () => TaskStore,
  create: (quota: Quota) => Promise<TaskStore>,
): void {
  const { accept, end, current } = recordsOf(store);

  describe('idempotency keys', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const dayLater = '2026-01-02T00:00:00.000Z';
    const almost = '2026-01-01T23:59:59.999Z';
    const first = { key: 'k/1', digest: 'sha256:one' };
    const under = (idempotency = first, now = at, task = 'runes', tenant = 'acme') =>
      store().acceptedUnder(tenant, task, idempotency, now);
    const acceptKeyed = (id: string, idempotency = first, overrides: Partial<Adaptation> = {}) => {
      const draft = draftOf(id, overrides);
      return store().accept(
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
      const usage = await store().usage('acme');
      const again = await acceptKeyed('two', first, { sequence: 9, createdAt: almost });
      expect(again).toEqual({ ...answer, accepted: false });
      expect(await under()).toEqual(answer?.adaptation);
      expect(await store().adaptation('acme', 'runes', 'two')).toBeNull();
      expect(await store().task('acme', 'runes')).toMatchObject({ submitted: 1 });
      expect(await store().usage('acme')).toEqual(usage);
    });

    it('return the current record of the first adaptation, and keep a later one as the latest', async () => {
      await acceptKeyed('one');
      await accept('two', { sequence: 2 });
      await end('two', 'succeeded');
      const ended = await end('one', 'failed');
      const again = await acceptKeyed('one');
      expect(again).toEqual({ adaptation: ended, accepted: false });
      expect(await current()).toBe('two');
      expect(await store().task('acme', 'runes')).toMatchObject({ submitted: 2 });
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
      expect(await store().adaptation('acme', 'runes', 'two')).toBeNull();
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
        store().accept(draftOf('one'), supportOf(['a', 'b']), taskDraft, {
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
      expect(await store().usage('acme')).toMatchObject({ queued: 1, examples: 2 });
    });

    it('count in bytes until they are removed, a day later', async () => {
      await accept('one');
      const { bytes } = await store().usage('acme');
      await acceptKeyed('one');
      await acceptKeyed('one', { key: 'a'.repeat(255), digest: 'sha256:one' });
      await acceptKeyed('one', { key: 'later', digest: 'sha256:one' }, { createdAt: almost });
      const kept = await store().usage('acme');
      expect(kept.bytes - bytes).toBeGreaterThan(255);
      await store().removeExpiredIdempotencyKeys(almost);
      expect(await store().usage('acme')).toEqual(kept);
      await store().removeExpiredIdempotencyKeys(dayLater);
      const rest = (await store().usage('acme')).bytes;
      expect(rest).toBeLessThan(kept.bytes - 255);
      expect(rest).toBeGreaterThan(bytes);
      expect(await under({ ...first, key: 'later' }, dayLater)).toMatchObject({ id: 'one' });
      await store().removeExpiredIdempotencyKeys('2026-02-01T00:00:00.000Z');
      expect((await store().usage('acme')).bytes).toBe(bytes);
    });

    it('can be used again a day later, removed or not', async () => {
      await acceptKeyed('one');
      const { bytes } = await store().usage('acme');
      expect(await under(first, almost)).toMatchObject({ id: 'one' });
      expect(await under(first, dayLater)).toBeNull();
      const other = { ...first, digest: 'sha256:two' };
      expect(await acceptKeyed('two', other, { createdAt: dayLater })).toMatchObject({ accepted: true });
      await store().removeExpiredIdempotencyKeys(dayLater);
      expect(await under(other, dayLater)).toMatchObject({ id: 'two' });
      await store().deleteTask('acme', 'runes');
      expect(bytes).toBeGreaterThan(0);
      expect(await store().usage('acme')).toEqual({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
    });

    it('are deleted with their task', async () => {
      await acceptKeyed('one');
      await acceptKeyed('two', { ...first, key: 'k2' }, { task: 'runes2' });
      await store().deleteTask('acme', 'runes');
      expect(await under()).toBeNull();
      expect(await under({ ...first, key: 'k2' }, at, 'runes2')).toMatchObject({ id: 'two' });
      await store().removeExpiredIdempotencyKeys('2026-02-01T00:00:00.000Z');
      await store().deleteTask('acme', 'runes2');
      expect(await store().usage('acme')).toEqual({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
    });
  });
}
