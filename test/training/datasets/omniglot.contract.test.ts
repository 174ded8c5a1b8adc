import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesOfArchive } from '../../../src/training/datasets/zip.ts';

const real = process.env.INNERLOOP_OMNIGLOT ?? join(import.meta.dirname, '../../../../shared/data/omniglot');

describe.skipIf(!existsSync(join(real, 'splits')))('omniglot, where the data set is present', () => {
  it('finds 20 drawings of every character of the split, and no character in two splits', async () => {
    const drawings = new Map<string, number>();
    for (const archive of ['images_background.zip', 'images_evaluation.zip']) {
      for (const { name } of await filesOfArchive(join(real, archive))) {
        const character = name.split('/').slice(1, 3).join('/');
        drawings.set(character, (drawings.get(character) ?? 0) + 1);
      }
    }
    const splits = await Promise.all(
      ['train', 'val', 'test'].map(async (split) =>
        (await readFile(join(real, 'splits', `${split}.txt`), 'utf8')).trim().split('\n'),
      ),
    );
    expect(splits.map(({ length }) => length)).toEqual([1028, 172, 423]);
    expect(new Set(splits.flat()).size).toBe(1623);
    expect(splits.flat().map((character) => drawings.get(character))).toEqual(new Array(1623).fill(20));
  });
});
