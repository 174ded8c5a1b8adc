import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StateCache } from '../../../src/ports/stores/state-cache.ts';
import { tensor } from '../../../src/tensor.ts';
import { describeDeletedStates } from './tenant-data.ts';

const state = (value: number) => ({
  'fc.weight': tensor([2, 2], [value, -0, Number.MIN_VALUE, 4]),
  scale: tensor([], [value]),
  empty: tensor([0, 3], []),
});

/** The contract of every StateCache. `create` returns an empty cache with room for at least some kilobytes. */
export function describeStateCacheContract(create: () => Promise<StateCache>): void {
  let cache: StateCache;
  beforeEach(async () => {
    cache = await create();
  });
  afterEach(() => cache[Symbol.asyncDispose]());
  describeDeletedStates(() => cache);

  it('returns a state exactly as it was stored', async () => {
    await cache.put('a', state(1));
    await cache.put('b', state(2));
    expect(await cache.get('a')).toEqual(state(1));
    expect(await cache.get('b')).toEqual(state(2));
    expect(await cache.has('a')).toBe(true);
  });

  it('returns null for an unknown state', async () => {
    expect(await cache.get('a')).toBeNull();
    expect(await cache.has('a')).toBe(false);
  });

  it('reads a state before put returns', async () => {
    const given = state(1);
    const done = cache.put('a', given);
    given.scale.data[0] = 99;
    await done;
    expect(await cache.get('a')).toEqual(state(1));
  });

  it('gives every reader its own tensors', async () => {
    await cache.put('a', state(1));
    const first = await cache.get('a');
    first?.scale?.data.fill(99);
    expect(await cache.get('a')).toEqual(state(1));
  });

  it('replaces a state', async () => {
    await cache.put('a', state(1));
    await cache.put('a', state(2));
    expect(await cache.get('a')).toEqual(state(2));
  });

  it('deletes a state, and accepts the deletion of an unknown one', async () => {
    await cache.put('a', state(1));
    await cache.delete('a');
    await cache.delete('a');
    expect(await cache.get('a')).toBeNull();
    expect(await cache.has('a')).toBe(false);
  });
}
