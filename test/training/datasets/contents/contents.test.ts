import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calibrationBins } from '../../../../src/domain/trust/calibration-error.ts';
import type { FeatureEncoder } from '../../../../src/ports/training-runtime.ts';
import { tensor } from '../../../../src/tensor.ts';
import { openDataset } from '../../../../src/training/datasets/catalogue.ts';
import { nameOfData } from '../../../../src/training/datasets/contents/content-classes.ts';
import type { ContentsRecipe } from '../../../../src/training/datasets/contents/contents-section.ts';
import { readContents } from '../../../../src/training/datasets/contents/read-contents.ts';
import { createRandom } from '../../../../src/training/random.ts';
import { scratchFolder } from '../../../support/scratch.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;

/** An encoder whose features are the length of a text and the number of its vowels; counts what it embeds. */
function countingEncoder() {
  const embedded: string[] = [];
  const manifest = { name: 'tiny', digest: DIGEST, features: 2, preparation: { kind: 'text' } };
  const encoder = {
    manifest,
    embed: async ({ bytes }: { bytes: Uint8Array }) => {
      const text = Buffer.from(bytes).toString();
      embedded.push(text);
      if (text === 'broken') throw new Error('cannot be read');
      return tensor([2], [text.length, text.replace(/[^aeiou]/g, '').length]);
    },
  } as unknown as FeatureEncoder;
  return { encoder, embedded };
}

const texts = (label: string, count: number) =>
  Array.from({ length: count }, (_, i) => [label, `${label} ${i}`] as const);
const rows = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'].flatMap((label) => texts(label, 4));

async function files() {
  const folder = await scratchFolder();
  const write = async (name: string, content: string) => {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const csv = `id,text,label\n${rows.map(([label, text], i) => `${i},${text},${label}`).join('\n')}\n`;
  for (const [label, text] of rows) await write(`folder/${label}/${text}.txt`, text);
  await write('folder/__MACOSX/alpha/1.txt', 'no example');
  return {
    folder: join(folder, 'folder'),
    tsv: await write('a.tsv', rows.map((row) => row.join('\t')).join('\n')),
    csv: await write('b.csv', csv),
    jsonl: await write('c.jsonl', rows.map(([label, text]) => JSON.stringify({ text, label })).join('\n')),
    cache: join(folder, 'cache'),
  };
}

describe('texts with labels', () => {
  it.each(['tsv', 'csv', 'jsonl', 'folder'] as const)('are read from %s', async (form) => {
    const found = await readContents((await files())[form], 'text');
    const read = await Promise.all(
      found.map(async ({ label, read }) => [label, Buffer.from((await read()).bytes).toString()]),
    );
    expect(read.sort()).toEqual(rows.map((row) => [...row]).sort());
  });

  it('are refused without a column of labels, and in other formats, with the place', async () => {
    const { cache, csv } = await files();
    await writeFile(csv, 'text,tone\na,b\n');
    await expect(readContents(csv, 'text')).rejects.toThrow(
      `Expected a column label at ${csv}, got text, tone`,
    );
    await expect(readContents(csv, 'image')).rejects.toThrow(
      'Expected a folder or a .zip with a folder per class',
    );
    await expect(readContents(cache, 'text')).rejects.toMatchObject({ code: 'invalid_recipe' });
  });
});

describe('arrays of numbers with labels', () => {
  const read = async (name: string, content: string) => {
    const path = join(await scratchFolder(), name);
    await writeFile(path, content);
    const found = await readContents(path, 'tensor');
    const values = async (each: (typeof found)[number]) => [
      ...new Float32Array(Uint8Array.from((await each.read()).bytes).buffer),
    ];
    return Promise.all(found.map(async (each) => [each.label, await values(each)]));
  };

  it('are read from .jsonl, nested or not, and from the other columns of .csv', async () => {
    const expected = [
      ['run', [0.5, -1, 2, 3]],
      ['walk', [1, 2, 3, 4]],
    ];
    const lines = [
      {
        label: 'walk',
        values: [
          [1, 2],
          [3, 4],
        ],
      },
      { class: 'run', window: [0.5, -1, 2, 3] },
    ];
    expect(await read('a.jsonl', lines.map((each) => JSON.stringify(each)).join('\n'))).toEqual(expected);
    expect(await read('a.csv', 'a,b,label,c,d\n1,2,walk,3,4\n0.5,-1,run,2,3\n')).toEqual(expected);
  });

  it.each([
    ['a.jsonl', '{"label":"walk","values":[1,"2"]}', 'a label and values that are numbers'],
    ['a.jsonl', '{"label":"walk","values":[]}', 'a label and values that are numbers'],
    ['a.jsonl', '{"values":[1]}', 'a label and values that are numbers'],
    ['a.csv', 'label,a,b\nwalk,1,\n', 'a label and values that are numbers'],
    ['a.csv', 'a,b\n1,2\n', 'a column label'],
    ['a.txt', '1 2 3', 'a .jsonl or .csv of numbers'],
  ])('are refused in %s with %s', async (name, content, message) => {
    await expect(read(name, content)).rejects.toMatchObject({
      code: 'invalid_recipe',
      message: expect.stringContaining(message),
    });
  });
});

describe('a data set of contents', () => {
  const recipeOf = (paths: readonly string[]): ContentsRecipe => ({
    name: 'contents',
    encoder: { name: 'tiny', digest: DIGEST, kind: 'text', features: 2 },
    paths: [...paths],
    minExamples: 4,
    split: { seed: 1, val: 0.2, test: 0.2 },
  });
  const contextOf = (encoder: FeatureEncoder, cacheDirectory: string) => ({
    decoder: { decode: () => Promise.reject(new Error('no images here')) },
    cacheDirectory,
    openEncoder: async () => encoder,
  });

  it('embeds each example once, whatever is opened later', async () => {
    const { tsv, cache } = await files();
    const { encoder, embedded } = countingEncoder();
    const context = contextOf(encoder, cache);
    const train = await openDataset(recipeOf([tsv]), 'train', context);
    const test = await openDataset(recipeOf([tsv]), 'test', context);
    expect([train.classes, test.classes]).toEqual([3, 1]);
    expect(embedded.length).toBe(20);
    const { support } = train.sample(createRandom(1), { ways: 3, shots: 2, queries: 1 });
    expect(support.x.shape).toEqual([6, 2]);
  });

  it('continues after the last complete batch when it was stopped', async () => {
    const { tsv, cache } = await files();
    await writeFile(
      tsv,
      [...texts('alpha', 40), ...texts('beta', 30)].map((row) => row.join('\t')).join('\n'),
    );
    const recipe = { ...recipeOf([tsv]), split: { seed: 1, val: 0, test: 0 } };
    const first = countingEncoder();
    const controller = new AbortController();
    const context = {
      ...contextOf(first.encoder, cache),
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('stopped')),
    };
    await expect(openDataset(recipe, 'train', context)).rejects.toThrow('stopped');
    const second = countingEncoder();
    await openDataset(recipe, 'train', contextOf(second.encoder, cache));
    expect([first.embedded.length, second.embedded.length]).toEqual([32, 38]);
  });

  it('names the example that cannot be embedded, and refuses another encoder', async () => {
    const { tsv, cache } = await files();
    await writeFile(
      tsv,
      [...texts('alpha', 4), ['beta', 'broken'], ...texts('beta', 4)].map((row) => row.join('\t')).join('\n'),
    );
    const { encoder } = countingEncoder();
    const recipe = { ...recipeOf([tsv]), split: { seed: 1, val: 0, test: 0 } };
    await expect(openDataset(recipe, 'train', contextOf(encoder, cache))).rejects.toThrow(
      `Cannot embed ${tsv}:5: cannot be read`,
    );
    const other = { ...recipe, encoder: { ...recipe.encoder, digest: `sha256:${'1'.repeat(64)}` } };
    await expect(openDataset(other, 'train', contextOf(encoder, cache))).rejects.toMatchObject({
      details: { pointer: '/dataset/encoder/digest' },
    });
  });

  it('is named after its file', () => {
    expect(['data/text/a.tsv', 'b.zip', 'photos/'].map(nameOfData)).toEqual(['a', 'b', 'photos']);
  });
});

it('the calibration error is the mean gap between confidence and accuracy', () => {
  const bins = calibrationBins();
  // Confidence 0.9 in ten predictions, of which seven are right.
  const logits = tensor([10, 2], Array.from({ length: 10 }, () => [Math.log(9), 0]).flat());
  bins.add(logits, tensor([10, 2], Array.from({ length: 10 }, (_, i) => (i < 7 ? [1, 0] : [0, 1])).flat()));
  expect(bins.error()).toBeCloseTo(0.2, 5);
});
