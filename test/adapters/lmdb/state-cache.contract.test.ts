import { describe, expect, it } from 'vitest';
import { createLmdbStateCache } from '../../../src/adapters/lmdb/state-cache.ts';
import { tensor } from '../../../src/tensor.ts';
import { describeStateCacheContract } from '../../support/contracts/state-cache.ts';
import { scratchFolder } from '../../support/scratch.ts';

const kilobyte = (value: number) => ({ w: tensor([256], new Float32Array(256).fill(value)) });

describe('LMDB state cache', () => {
  describeStateCacheContract(async () =>
    createLmdbStateCache({ path: await scratchFolder(), maxBytes: 1e6 }),
  );

  it('evicts the least recently used state when it is full', async () => {
    await using cache = createLmdbStateCache({ path: await scratchFolder(), maxBytes: 3500 });
    for (const [i, key] of ['a', 'b', 'c'].entries()) await cache.put(key, kilobyte(i));
    await cache.get('a');
    await cache.put('d', kilobyte(3));
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => cache.has(key)))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(await cache.get('b')).toBeNull();
  });

  it('does not keep a state larger than the cache, and does not evict others for it', async () => {
    await using cache = createLmdbStateCache({ path: await scratchFolder(), maxBytes: 2500 });
    await cache.put('a', kilobyte(1));
    await cache.put('big', { w: tensor([1000], new Float32Array(1000)) });
    expect(await cache.get('big')).toBeNull();
    expect(await cache.get('a')).toEqual(kilobyte(1));
  });

  it('finds its states after it is opened again, also with a smaller limit', async () => {
    const path = await scratchFolder();
    {
      await using cache = createLmdbStateCache({ path, maxBytes: 1e6 });
      for (const [i, key] of ['a', 'b', 'c'].entries()) await cache.put(key, kilobyte(i));
    }
    {
      await using cache = createLmdbStateCache({ path, maxBytes: 2500 });
      expect(await cache.get('c')).toEqual(kilobyte(2));
      expect(await cache.get('a')).toBeNull();
    }
    await using cache = createLmdbStateCache({ path, maxBytes: 1e6 });
    expect(await cache.has('a')).toBe(false);
    expect(await cache.get('b')).toEqual(kilobyte(1));
  });

  it('does not find a state after a restart that was evicted before it was written', async () => {
    const path = await scratchFolder();
    {
      await using cache = createLmdbStateCache({ path, maxBytes: 2500 });
      for (const [i, key] of ['a', 'b', 'c'].entries()) void cache.put(key, kilobyte(i));
      expect(await cache.get('a')).toBeNull();
      expect(await cache.get('b')).toEqual(kilobyte(1));
      await cache.delete('b');
    }
    await using cache = createLmdbStateCache({ path, maxBytes: 1e6 });
    const there = await Promise.all(['a', 'b', 'c'].map((key) => cache.has(key)));
    expect(there).toEqual([false, false, true]);
  });
});
