import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { createMemoryKeyStore } from '../../support/memory/key-store.ts';
import { MINUTE, openKeys, SECOND, START } from './open-keys.ts';

const unauthorized = expect.objectContaining({ code: 'unauthorized' });

describe('an issued key', () => {
  it('identifies its bearer as its tenant', async () => {
    const { keys } = openKeys();
    const { key, token } = await keys.issue('acme', { name: 'ci' });
    expect(token).toMatch(new RegExp(`^il_${key.id}_[A-Za-z0-9_-]{43}$`));
    expect(await keys.verify(token)).toEqual({ tenant: 'acme', keyId: key.id, scopes: ['admin'] });
    expect(key).toMatchObject({ tenant: 'acme', name: 'ci', createdAt: '2026-01-01T12:00:30.000Z' });
  });

  it('is stored only as a hash', async () => {
    const { keys, store } = openKeys();
    const { key, token } = await keys.issue('acme');
    const kept = JSON.stringify(await store.list());
    expect(kept).toContain(key.hash);
    expect(kept).not.toContain(token.slice(-43));
  });

  it('is not issued while the data of its tenant are deleted, since it would be deleted with them', async () => {
    const { keys, store } = openKeys();
    const deletion = {
      tenant: 'acme',
      askedAt: '2026-01-01T12:00:00.000Z',
      erasedAt: null,
      keepsKeys: false,
    };
    await store.putDeletion(deletion);
    await expect(keys.issue('acme')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await store.list()).toEqual([]);
    await store.putDeletion({ ...deletion, keepsKeys: true });
    await keys.issue('acme');
    await keys.issue('bert');
  });

  it('is unique', async () => {
    const { keys } = openKeys();
    const issued = await Promise.all(Array.from({ length: 50 }, () => keys.issue('acme')));
    expect(new Set(issued.map(({ token }) => token.slice(-43))).size).toBe(50);
    expect(await keys.list('acme')).toHaveLength(50);
  });

  it.each(['', '-acme', 'a/b', 'a b', 'ünder', 'x'.repeat(65), '__proto__\n'])(
    'is refused to a tenant called %j, and nothing is kept',
    async (tenant) => {
      const { keys, store } = openKeys();
      await expect(keys.issue(tenant)).rejects.toMatchObject({ code: 'invalid_request' });
      expect(await store.everHadKey()).toBe(false);
    },
  );

  it('has the scopes that it was issued with, each once and in order', async () => {
    const { keys } = openKeys();
    const { key, token } = await keys.issue('acme', { scopes: ['feedback', 'predict', 'feedback'] });
    expect(key.scopes).toEqual(['predict', 'feedback']);
    expect((await keys.verify(token)).scopes).toEqual(['predict', 'feedback']);
  });

  it.each([[[]], [['']], [['predict', 'Teach']], [['constructor']]])(
    'is refused with the scopes %j',
    async (scopes) => {
      const { keys, store } = openKeys();
      await expect(keys.issue('acme', { scopes })).rejects.toMatchObject({
        code: 'invalid_request',
        details: { expected: expect.stringContaining('predict, feedback, teach, admin') },
      });
      expect(await store.everHadKey()).toBe(false);
    },
  );

  it('cannot expire in the past', async () => {
    const { keys, store } = openKeys();
    const issuing = keys.issue('acme', { expiresAt: new Date(START) });
    await expect(issuing).rejects.toMatchObject({
      code: 'invalid_request',
      details: { got: expect.any(String) },
    });
    expect(await store.everHadKey()).toBe(false);
  });
});

describe('a token', () => {
  it('is refused with the same message if it is unknown, wrong, expired or revoked', async () => {
    const { keys, time } = openKeys();
    const [good, short, gone] = [
      await keys.issue('acme'),
      await keys.issue('acme', { expiresAt: new Date(START + SECOND) }),
      await keys.issue('acme'),
    ];
    await keys.revoke(gone.key.id);
    time.now += SECOND;
    const secret = good.token.slice(-43);
    const refused = [
      `il_${'0'.repeat(12)}_${secret}`,
      `il_${good.key.id}_${'A'.repeat(43)}`,
      `il_${good.key.id}_${gone.token.slice(-43)}`,
      short.token,
      gone.token,
      '',
      'il_',
      good.token.slice(0, -1),
      `${good.token}A`,
      ` ${good.token}`,
      good.token.toUpperCase(),
      `il_../../etc_${secret}`,
    ];
    const messages = new Set<string>();
    for (const token of refused) {
      const error = await keys.verify(token).catch((reason: unknown) => reason);
      expect(error, token).toEqual(unauthorized);
      messages.add(String(error));
    }
    expect(messages.size).toBe(1);
    expect(await keys.verify(good.token)).toMatchObject({ tenant: 'acme' });
  });

  it('is refused from the moment it expires, cached or not', async () => {
    const { keys, time } = openKeys();
    const { token } = await keys.issue('acme', { expiresAt: new Date(START + 500) });
    await keys.verify(token);
    time.now += 499;
    expect(await keys.verify(token)).toMatchObject({ tenant: 'acme' });
    time.now += 1;
    await expect(keys.verify(token)).rejects.toEqual(unauthorized);
  });

  it('is refused within a second of being revoked, and stays so', async () => {
    const { keys, another, time } = openKeys();
    const { key, token } = await keys.issue('acme');
    await keys.verify(token);
    await another().revoke(key.id);
    time.now += SECOND;
    await expect(keys.verify(token)).rejects.toEqual(unauthorized);
    time.now += SECOND;
    await expect(keys.verify(token)).rejects.toEqual(unauthorized);
  });

  it('stops being valid for open streams within a second of being revoked, and when it expires', async () => {
    const { keys, another, time } = openKeys();
    const [gone, passing] = [
      await keys.issue('acme'),
      await keys.issue('acme', { expiresAt: new Date(START + MINUTE) }),
    ];
    const callers = [await keys.verify(gone.token), await keys.verify(passing.token)];
    const admitted = () => Promise.all(callers.map((caller) => keys.isStillValid(caller)));
    expect(await admitted()).toEqual([true, true]);
    await another().revoke(gone.key.id);
    time.now += SECOND;
    expect(await admitted()).toEqual([false, true]);
    time.now += MINUTE - SECOND;
    expect(await admitted()).toEqual([false, false]);
  });

  it('is required from callers without one after the first key exists', async () => {
    const { keys, another, time } = openKeys();
    const caller = { tenant: 'default', keyId: null };
    expect(await keys.isStillValid(caller)).toBe(true);
    await another().issue('acme');
    time.now += SECOND;
    expect(await keys.isStillValid(caller)).toBe(false);
  });

  it('is cached after verification, as long as it is valid', async () => {
    const { keys, time } = openKeys();
    const { token } = await keys.issue('acme', { expiresAt: new Date(START + MINUTE) });
    expect(keys.hasCachedKey(token)).toBe(false);
    await keys.verify(token);
    time.now += MINUTE - 1;
    expect(keys.hasCachedKey(token)).toBe(true);
    expect(keys.hasCachedKey(`${token.slice(0, -43)}${'A'.repeat(43)}`)).toBe(false);
    time.now += 1;
    expect(keys.hasCachedKey(token)).toBe(false);
  });
});

describe('a caller that was accepted lately', () => {
  it('is known without a lookup for one second after all lookups', async () => {
    const { keys, time } = openKeys();
    const { key, token } = await keys.issue('acme');
    expect(keys.acceptedLately(token)).toBeNull();
    await keys.required();
    const caller = await keys.verify(token);
    expect(keys.acceptedLately(token)).toBeNull();
    await keys.isBeingDeleted('acme');
    expect(keys.acceptedLately(token)).toEqual(caller);
    expect(caller.keyId).toBe(key.id);
    time.now += SECOND;
    expect(keys.acceptedLately(token)).toBeNull();
  });

  it('has the right secret and a key that is valid now', async () => {
    const { keys, time } = openKeys();
    const { token } = await keys.issue('acme', { expiresAt: new Date(START + SECOND / 2) });
    await Promise.all([keys.required(), keys.verify(token), keys.isBeingDeleted('acme')]);
    const others = [`${token.slice(0, -43)}${'A'.repeat(43)}`, 'il_000000000000_x', '', undefined];
    expect(others.map((each) => keys.acceptedLately(each))).toEqual([null, null, null, null]);
    expect(keys.acceptedLately(token)).not.toBeNull();
    time.now += SECOND / 2;
    expect(keys.acceptedLately(token)).toBeNull();
  });

  it('may be any local caller while no keys exist', async () => {
    const { keys, another, time } = openKeys();
    await Promise.all([keys.required(), keys.isBeingDeleted('default')]);
    expect(keys.acceptedLately(undefined)).toMatchObject({ tenant: 'default', keyId: null });
    await another().issue('acme');
    time.now += SECOND;
    await Promise.all([keys.required(), keys.isBeingDeleted('default')]);
    expect(keys.acceptedLately(undefined)).toBeNull();
  });

  it('is of a tenant that is not being deleted', async () => {
    const { keys, store } = openKeys();
    const { token } = await keys.issue('acme');
    await Promise.all([keys.required(), keys.verify(token)]);
    await store.putDeletion({ tenant: 'acme', askedAt: '2026-01-01', keepsKeys: false, erasedAt: null });
    await keys.isBeingDeleted('acme');
    expect(keys.acceptedLately(token)).toBeNull();
  });
});

describe('the last use of a key', () => {
  it('is recorded to the minute, at most once a minute', async () => {
    const uses: string[] = [];
    const inner = createMemoryKeyStore();
    const touch = (id: string, at: string) => {
      uses.push(at);
      return inner.touch(id, at);
    };
    const { keys, store, time } = openKeys({ store: { ...inner, touch } });
    const { key, token } = await keys.issue('acme');
    for (const pause of [0, 29 * SECOND, SECOND, SECOND]) {
      time.now += pause;
      await keys.verify(token);
    }
    expect(uses).toEqual(['2026-01-01T12:00:00.000Z', '2026-01-01T12:01:00.000Z']);
    await eventually(async () => expect((await store.find(key.id))?.lastUsedAt).toBe(uses[1]));
  });

  it('is not recorded for a refused token', async () => {
    const { keys, store } = openKeys();
    const { key, token } = await keys.issue('acme');
    await keys.verify(`${token.slice(0, -43)}${'A'.repeat(43)}`).catch(() => undefined);
    await keys.verify((await keys.issue('acme')).token);
    await eventually(async () =>
      expect((await store.list()).filter((each) => each.lastUsedAt)).toHaveLength(1),
    );
    expect((await store.find(key.id))?.lastUsedAt).toBeNull();
  });
});

describe('whether a key is needed', () => {
  it('is true after the first key was made, for ever', async () => {
    const { keys, time, another } = openKeys();
    expect(await keys.required()).toBe(false);
    const { key } = await another().issue('acme');
    time.now += SECOND;
    expect(await keys.required()).toBe(true);
    await keys.revoke(key.id);
    time.now += SECOND;
    expect(await keys.required()).toBe(true);
    expect(await another().required()).toBe(true);
  });

  it('is true without any key when keys are always required', async () => {
    const { keys } = openKeys({ isAlwaysRequired: true });
    expect(await keys.required()).toBe(true);
  });
});
