import { mkdtemp, readdir, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EpisodeSource } from '../../../src/training/datasets/dataset.ts';
import { omniglot } from '../../../src/training/datasets/omniglot.ts';
import { createRandom } from '../../../src/training/random.ts';
import { PIXELS, rawDecoder, tinyOmniglot } from './tiny-omniglot.ts';

const temporary = () => mkdtemp(join(tmpdir(), 'innerloop-cache-'));
const rowsOf = (data: Float32Array, size: number) =>
  Array.from({ length: data.length / size }, (_, i) => data.subarray(i * size, (i + 1) * size));

/** Finds the character, drawing and rotation of a row of pixels, by rotating it back until pixel 2 is white. */
function identify(row: Float32Array): { character: number; drawing: number; turns: number } {
  let upright = row;
  for (let turns = 0; turns < 4; turns++) {
    const byte = (p: number) => Math.round((upright[p] ?? 0) * 255);
    if (byte(2) === 255) return { character: byte(0), drawing: byte(1), turns };
    // A quarter turn clockwise: row r of the new picture is column r of the old one, from the bottom up.
    const before = upright;
    upright = before.map((_, p) => before[(27 - (p % 28)) * 28 + Math.floor(p / 28)] ?? 0);
  }
  throw new Error('Expected a white corner in one of four turns');
}

describe('omniglot', () => {
  let path: string;
  let cacheDirectory: string;
  let train: EpisodeSource;

  beforeAll(async () => {
    [path, cacheDirectory] = [await tinyOmniglot(), await temporary()];
    train = await omniglot({ path, split: 'train', decoder: rawDecoder(), cacheDirectory });
  });

  it('makes four classes of every character, one for each quarter turn', async () => {
    expect(train).toMatchObject({ name: 'omniglot', split: 'train', inputShape: [1, 28, 28], classes: 12 });
    const episode = train.sample(createRandom(1), { ways: 12, shots: 1, queries: 1 });
    const seen = rowsOf(episode.support.x.data, PIXELS).map(identify);
    const classes = new Set(seen.map(({ character, turns }) => `${character} turned ${turns}`));
    const expected = [0, 1, 2].flatMap((c) => [0, 1, 2, 3].map((turns) => `${c} turned ${turns}`));
    expect([...classes].sort()).toEqual(expected);
  });

  it('never puts an example in both support and query, and keeps classes distinct and labels true', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 10 }),
        (seed, ways, shots, queries) => {
          const { support, query } = train.sample(createRandom(seed), { ways, shots, queries });
          expect(support.x.shape).toEqual([ways * shots, 1, 28, 28]);
          expect(support.y.shape).toEqual([ways * shots, ways]);
          expect(query.x.shape).toEqual([ways * queries, 1, 28, 28]);
          expect(query.y.shape).toEqual([ways * queries, ways]);
          const classOf = new Map<number, string>();
          const examples = new Set<string>();
          for (const { x, y } of [support, query]) {
            const pixels = rowsOf(x.data, PIXELS);
            for (const [i, row] of rowsOf(y.data, ways).entries()) {
              expect([...row].toSorted()).toEqual([...new Array(ways - 1).fill(0), 1]);
              const { character, turns, drawing } = identify(pixels[i] ?? new Float32Array());
              const name = `${character} turned ${turns}`;
              expect(classOf.get(row.indexOf(1)) ?? name).toBe(name);
              classOf.set(row.indexOf(1), name);
              examples.add(`${name} drawing ${drawing}`);
            }
          }
          expect(new Set(classOf.values()).size).toBe(ways);
          expect(examples.size).toBe(ways * (shots + queries));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('samples the same episode from the same seed, and another from another', () => {
    const shape = { ways: 3, shots: 2, queries: 2 };
    const episode = train.sample(createRandom(5), shape);
    expect(train.sample(createRandom(5), shape)).toEqual(episode);
    expect(train.sample(createRandom(6), shape)).not.toEqual(episode);
  });

  it('decodes the archives once and then answers from the cache, for every split', async () => {
    const decoder = rawDecoder();
    const cache = await temporary();
    const first = await omniglot({ path, split: 'train', decoder, cacheDirectory: cache });
    expect(decoder.decoded()).toBe(80);
    const again = await omniglot({ path, split: 'train', decoder, cacheDirectory: cache });
    await omniglot({ path, split: 'test', decoder, cacheDirectory: cache });
    expect(decoder.decoded()).toBe(80);
    const shape = { ways: 12, shots: 10, queries: 10 };
    expect(again.sample(createRandom(1), shape)).toEqual(first.sample(createRandom(1), shape));
  });

  it('decodes again if the cache file is truncated', async () => {
    const cache = await temporary();
    await omniglot({ path, split: 'test', decoder: rawDecoder(), cacheDirectory: cache });
    const [file = ''] = await readdir(cache);
    await truncate(join(cache, file), 1000);
    const decoder = rawDecoder();
    const source = await omniglot({ path, split: 'test', decoder, cacheDirectory: cache });
    expect(decoder.decoded()).toBe(80);
    expect(source.classes).toBe(4);
  });

  it.each([
    ['a folder that is not there', { path: '/nowhere', split: 'train' }, '/nowhere/splits/train.txt'],
    ['a split that is not there', { split: 'val' }, 'splits/val.txt'],
    ['a split that names a character the archives lack', { split: 'broken' }, 'Klingon/character01'],
  ])('refuses %s and names it', async (_case, options, named) => {
    await expect(omniglot({ path, decoder: rawDecoder(), cacheDirectory, ...options })).rejects.toMatchObject(
      { code: 'invalid_recipe', message: expect.stringContaining(named) },
    );
  });

  it.each([
    [{ ways: 13, shots: 1, queries: 1 }, 'at most 12 ways, got 13'],
    [{ ways: 2, shots: 10, queries: 11 }, 'at most 20 shots and queries, got 10 + 11'],
    [{ ways: 2, shots: 0, queries: 1 }, 'got 0'],
    [{ ways: 2.5, shots: 1, queries: 1 }, 'got 2.5'],
  ])('refuses episodes of shape %j', (shape, message) => {
    expect(() => train.sample(createRandom(1), shape)).toThrow(message);
  });
});
