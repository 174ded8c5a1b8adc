import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ApiKey, KeyStore } from '../../../src/ports/stores/key-store.ts';
import { describeDeletedKeys } from './tenant-data.ts';

export function apiKey(id: string, change: Partial<ApiKey> = {}): ApiKey {
  return {
    id,
    tenant: 'acme',
    name: 'for the tests',
    scopes: ['admin'],
    hash: 'ab'.repeat(32),
    createdAt: '2026-01-01T00:00:00.000Z',
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    ...change,
  };
}

/** The contract of every KeyStore. `create` returns an empty store. */
export function describeKeyStoreContract(create: () => Promise<KeyStore>): void {
  let keys: KeyStore;
  beforeEach(async () => {
    keys = await create();
  });
  afterEach(() => keys[Symbol.asyncDispose]());
  describeDeletedKeys(() => keys, apiKey);

  it('finds a key exactly as it was added', async () => {
    const full = apiKey('b', {
      name: '',
      scopes: ['predict', 'feedback'],
      expiresAt: '2027-01-01T00:00:00.000Z',
      revokedAt: '2026-02-01T00:00:00.000Z',
      lastUsedAt: '2026-01-15T00:00:00.000Z',
    });
    await keys.add(apiKey('a', { name: 'émile "1"\n' }));
    await keys.add(full);
    expect(await keys.find('a')).toEqual(apiKey('a', { name: 'émile "1"\n' }));
    expect(await keys.find('b')).toEqual(full);
  });

  it('returns null for an unknown key', async () => {
    await keys.add(apiKey('a'));
    for (const id of ['b', '', 'A', 'constructor']) expect(await keys.find(id)).toBeNull();
  });

  it('lists keys from the oldest on, of all tenants or of one, with revoked ones', async () => {
    await keys.add(apiKey('a', { createdAt: '2026-03-01T00:00:00.000Z' }));
    await keys.add(apiKey('d', { createdAt: '2026-02-01T00:00:00.000Z', tenant: 'acm' }));
    await keys.add(apiKey('c', { createdAt: '2026-02-01T00:00:00.000Z' }));
    await keys.revoke('a', '2026-04-01T00:00:00.000Z');
    const ids = async (tenant?: string) => (await keys.list(tenant)).map(({ id }) => id);
    expect(await ids()).toEqual(['c', 'd', 'a']);
    expect(await ids('acme')).toEqual(['c', 'a']);
    expect(await ids('nobody')).toEqual([]);
  });

  it('adds a first key only when there has never been one', async () => {
    expect(await keys.addFirst(apiKey('a'))).toBe(true);
    await keys.revoke('a', '2026-02-01T00:00:00.000Z');
    expect(await keys.addFirst(apiKey('b'))).toBe(false);
    expect((await keys.list()).map(({ id }) => id)).toEqual(['a']);
    expect((await keys.find('a'))?.revokedAt).toBe('2026-02-01T00:00:00.000Z');
  });

  it('adds only one of many concurrent first keys', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `key-${i}`);
    const added = await Promise.all(ids.map((id) => keys.addFirst(apiKey(id))));
    expect(added.filter(Boolean)).toHaveLength(1);
    expect((await keys.list()).map(({ id }) => id)).toEqual([ids[added.indexOf(true)]]);
  });

  it('revokes a key permanently, and keeps the first date', async () => {
    await keys.add(apiKey('a'));
    await keys.add(apiKey('b'));
    const revoked = apiKey('a', { revokedAt: '2026-02-01T00:00:00.000Z' });
    expect(await keys.revoke('a', '2026-02-01T00:00:00.000Z')).toEqual(revoked);
    expect(await keys.revoke('a', '2026-03-01T00:00:00.000Z')).toEqual(revoked);
    expect(await keys.find('a')).toEqual(revoked);
    expect(await keys.find('b')).toEqual(apiKey('b'));
  });

  it('revokes nothing if the key does not exist', async () => {
    expect(await keys.revoke('a', '2026-02-01T00:00:00.000Z')).toBeNull();
    expect(await keys.find('a')).toBeNull();
    expect(await keys.everHadKey()).toBe(false);
  });

  it('stores the latest use, even if uses are reported out of order', async () => {
    await keys.add(apiKey('a'));
    const use = async (at: string) => {
      await keys.touch('a', at);
      return (await keys.find('a'))?.lastUsedAt;
    };
    expect(await use('2026-02-01T00:01:00.000Z')).toBe('2026-02-01T00:01:00.000Z');
    expect(await use('2026-02-01T00:00:00.000Z')).toBe('2026-02-01T00:01:00.000Z');
    expect(await use('2026-02-01T00:02:00.000Z')).toBe('2026-02-01T00:02:00.000Z');
  });

  it('does not create a key when a use of an unknown key is reported', async () => {
    await keys.touch('a', '2026-02-01T00:00:00.000Z');
    expect([await keys.find('a'), await keys.everHadKey(), await keys.list()]).toEqual([null, false, []]);
  });

  it('remembers that a key has existed, even if it is revoked', async () => {
    expect(await keys.everHadKey()).toBe(false);
    await keys.add(apiKey('a'));
    expect(await keys.everHadKey()).toBe(true);
    await keys.revoke('a', '2026-02-01T00:00:00.000Z');
    expect(await keys.everHadKey()).toBe(true);
  });
}
