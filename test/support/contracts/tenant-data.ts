import { describe, expect, it } from 'vitest';
import type { ApiKey, KeyStore, TenantDeletion } from '../../../src/ports/stores/key-store.ts';
import type { StateCache } from '../../../src/ports/stores/state-cache.ts';
import type { TaskStore } from '../../../src/ports/stores/task-store.ts';
import { tensor } from '../../../src/tensor.ts';
import { draftOf, supportOf, taskDraft } from '../examples.ts';

/** Tenants whose names begin alike. */
const OTHERS = ['acm', 'acme-2', 'acme.b', 'acme2', 'Acme'];
const NOTHING = { tasks: 0, examples: 0, bytes: 0, queued: 0 };
const ENCODER = 'sha256:encoder';

/** The part of the contract of every TaskStore that is about deleted tenants. */
export function describeDeletedTasks(store: () => TaskStore): void {
  const given = supportOf(['a', 'b']);
  const digests = [...given.contents.keys()];
  const idempotency = { key: 'again', digest: 'sha256:one' };

  async function fill(tenant: string): Promise<void> {
    for (const task of ['runes', 'signs']) {
      const draft = draftOf(`${task}-of-${tenant}`, {
        tenant,
        task,
        support: { digest: given.support.digest, examples: 2 },
      });
      const conditions = { idempotency };
      await store().accept(draft, given, { ...taskDraft, tenant, id: task }, conditions);
    }
    const features = new Map(digests.map((digest) => [digest, tensor([2], [1, 2])]));
    await store().putFeatures(tenant, ENCODER, features);
  }

  const read = async (tenant: string) => ({
    tasks: (await store().tasks(tenant, { limit: 10 })).data.map(({ id }) => id),
    contents: (await store().contents(tenant, digests)).size,
    features: (await store().features(tenant, ENCODER, digests)).size,
    unfinished: (await store().unfinished()).filter((ref) => ref.tenant === tenant).length,
    usage: await store().usage(tenant),
    answered: (await store().acceptedUnder(tenant, 'runes', idempotency, taskDraft.createdAt))?.id ?? null,
  });
  const nothing = { tasks: [], contents: 0, features: 0, unfinished: 0, usage: NOTHING, answered: null };

  describe('a deleted tenant', () => {
    it('has nothing left, and no other tenant loses anything', async () => {
      for (const tenant of ['acme', ...OTHERS]) await fill(tenant);
      const before = await Promise.all(OTHERS.map(read));
      expect(await read('acme')).toMatchObject({ tasks: ['runes', 'signs'], contents: 2, features: 2 });
      await store().deleteTenant('acme');
      expect(await read('acme')).toEqual(nothing);
      expect(await Promise.all(OTHERS.map(read))).toEqual(before);
    });

    it('may be deleted again, and may be unknown', async () => {
      await fill('acme');
      await store().deleteTenant('nobody');
      for (let i = 0; i < 2; i++) await store().deleteTenant('acme');
      expect(await read('acme')).toEqual(nothing);
    });

    it('starts empty when it is used again', async () => {
      await fill('acme');
      const before = await read('acme');
      await store().deleteTenant('acme');
      await fill('acme');
      expect(await read('acme')).toEqual(before);
    });
  });
}

/** The part of the contract of every StateCache that is about deleted tenants. */
export function describeDeletedStates(cache: () => StateCache): void {
  it('deletes all states of a tenant, and no other', async () => {
    const others = OTHERS.map((tenant) => `${tenant}/one`);
    for (const key of ['acme/one', 'acme/two', ...others]) await cache().put(key, { w: tensor([1], [1]) });
    for (let i = 0; i < 2; i++) await cache().deleteTenant('acme');
    const has = await Promise.all(['acme/one', 'acme/two', ...others].map((key) => cache().has(key)));
    expect(has).toEqual([false, false, ...others.map(() => true)]);
    expect(await cache().get('acme/one')).toBeNull();
  });
}

/** The part of the contract of every KeyStore that is about deleted tenants. */
export function describeDeletedKeys(
  keys: () => KeyStore,
  apiKey: (id: string, change?: Partial<ApiKey>) => ApiKey,
): void {
  it('deletes all keys of a tenant, and remembers that there were keys', async () => {
    await keys().add(apiKey('a'));
    await keys().add(apiKey('b', { tenant: 'acme-2' }));
    await keys().revoke('a', '2026-02-01T00:00:00.000Z');
    for (let i = 0; i < 2; i++) await keys().deleteTenant('acme');
    expect([await keys().find('a'), await keys().list('acme')]).toEqual([null, []]);
    expect((await keys().list()).map(({ id }) => id)).toEqual(['b']);
    await keys().deleteTenant('acme-2');
    expect(await keys().list()).toEqual([]);
    expect(await keys().everHadKey()).toBe(true);
    expect(await keys().addFirst(apiKey('c'))).toBe(false);
  });

  it('has had no key after the deletion of a tenant without keys', async () => {
    await keys().deleteTenant('acme');
    expect(await keys().everHadKey()).toBe(false);
  });

  it('stores one deletion per tenant until it is removed', async () => {
    const asked: TenantDeletion = {
      tenant: 'acme',
      askedAt: '2026-01-01T00:00:00.000Z',
      keepsKeys: false,
      erasedAt: null,
    };
    const other = { ...asked, tenant: 'acme-2', keepsKeys: true };
    expect(await keys().deletions()).toEqual([]);
    for (const each of [asked, other]) await keys().putDeletion(each);
    const erased = { ...asked, erasedAt: '2026-01-01T00:00:01.000Z' };
    await keys().putDeletion(erased);
    const byTenant = async () =>
      (await keys().deletions()).toSorted((a, b) => (a.tenant < b.tenant ? -1 : 1));
    expect(await byTenant()).toEqual([erased, other]);
    for (const tenant of ['acme', 'nobody']) await keys().removeDeletion(tenant);
    expect(await byTenant()).toEqual([other]);
    expect(await keys().everHadKey()).toBe(false);
  });
}
