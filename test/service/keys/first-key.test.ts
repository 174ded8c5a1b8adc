import { describe, expect, it } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import type { ApiKey } from '../../../src/ports/stores/key-store.ts';
import { createMemoryKeyStore } from '../../support/memory/key-store.ts';
import { openKeys } from './open-keys.ts';

describe('the first key', () => {
  it('is created once', async () => {
    const { keys, another } = openKeys({ isAlwaysRequired: true });
    const made = await Promise.all([keys.createFirst('default'), another().createFirst('default')]);
    const [first, ...rest] = made.filter((each) => each !== null);
    expect(rest).toEqual([]);
    expect(await keys.verify(String(first?.token))).toMatchObject({ tenant: 'default' });
    await keys.revoke(String(first?.key.id));
    expect(await keys.createFirst('default')).toBeNull();
  });

  it('is not lost with an answer of the store, if there is time to try again', async () => {
    const lost = new InnerloopError('unavailable', 'No answer');
    const memory = createMemoryKeyStore();
    let asked = 0;
    const store = {
      ...memory,
      async addFirst(key: ApiKey) {
        const isAdded = await memory.addFirst(key);
        asked += 1;
        if (asked === 1) throw lost;
        return isAdded;
      },
    };
    const { keys } = openKeys({ store, isAlwaysRequired: true });
    const first = await keys.createFirst('default', new AbortController().signal);
    expect(await keys.verify(String(first?.token))).toMatchObject({ tenant: 'default' });
    asked = 0;
    await expect(keys.createFirst('default')).rejects.toBe(lost);
  });
});
