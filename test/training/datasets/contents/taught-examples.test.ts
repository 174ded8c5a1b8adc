import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FeatureEncoder } from '../../../../src/ports/training-runtime.ts';
import { tensor } from '../../../../src/tensor.ts';
import { openDataset } from '../../../../src/training/datasets/catalogue.ts';
import type { ContentsRecipe } from '../../../../src/training/datasets/contents/contents-section.ts';
import { openRows } from '../../../../src/training/datasets/contents/embed-contents.ts';
import { taughtExamples } from '../../../../src/training/datasets/contents/taught-examples.ts';
import { scratchFolder } from '../../../support/scratch.ts';

const digestOf = (name: string) => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64)}`;

/** An encoder whose features are numbers of the text, perhaps twice. Counts what it embeds. */
function encoderOf(name: string, features: number, kind = 'text') {
  const embedded: string[] = [];
  const encoder = {
    manifest: { name, digest: digestOf(name), features, preparation: { kind } },
    embed: async ({ bytes }: { bytes: Uint8Array }) => {
      const text = Buffer.from(bytes).toString();
      embedded.push(text);
      return tensor(
        [features],
        Array.from({ length: features }, (_, i) => (text.codePointAt(i % text.length) ?? 0) * features),
      );
    },
  } as unknown as FeatureEncoder;
  return { encoder, embedded };
}

async function opened(teacherKind = 'text') {
  const folder = await scratchFolder();
  const write = async (name: string, text: string) => {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  for (const label of ['a', 'b', 'c', 'd', 'e'])
    for (const i of [0, 1, 2]) await write(`labelled/${label}/${i}.txt`, `${label}${i}`);
  for (const name of ['top.txt', 'deep/er/z.txt', '.hidden/h.txt', 'picture.png'])
    await write(`more/${name}`, `more ${name}`);
  const [student, teacher] = [encoderOf('student', 2), encoderOf('teacher', 3, teacherKind)];
  const encoders: Readonly<Record<string, FeatureEncoder>> = {
    student: student.encoder,
    teacher: teacher.encoder,
  };
  const context = {
    decoder: { decode: () => Promise.reject(new Error('no images here')) },
    cacheDirectory: join(folder, 'cache'),
    openEncoder: async (name: string) => encoders[name] as FeatureEncoder,
  };
  const recipe: ContentsRecipe = {
    name: 'contents',
    encoder: { name: 'student', digest: digestOf('student'), kind: 'text', features: 2 },
    paths: [join(folder, 'labelled')],
    minExamples: 2,
    split: { seed: 1, val: 0.2, test: 0.2 },
  };
  const train = await openDataset(recipe, 'train', context);
  if (!train.examples) throw new Error('Expected examples with labels');
  const labelled = train.examples;
  const taught = (digest = digestOf('teacher'), unlabelled = [join(folder, 'more')]) =>
    taughtExamples(recipe, labelled, { teacher: { name: 'teacher', digest }, unlabelled }, context);
  return { taught, teacher, student, train };
}

describe('examples with the features of a teacher', () => {
  it('are the training examples and the unlabelled ones, each with the features of both encoders', async () => {
    const { taught, teacher, student, train } = await opened();
    expect(train.classes).toBe(3);
    const examples = await taught();
    expect([examples.count, examples.features]).toEqual([3 * 3 + 2, 3]);
    const [input, features] = [new Float32Array(2), new Float32Array(3)];
    for (let index = 0; index < examples.count; index++) {
      examples.writeInput(index, input);
      examples.writeFeatures(index, features);
      // Both read the same text: its first two letters, times 2 and times 3.
      expect([...features].slice(0, 2)).toEqual([...input].map((each) => (each / 2) * 3));
    }
    expect(teacher.embedded.filter((text) => text.startsWith('more')).sort()).toEqual([
      'more deep/er/z.txt',
      'more top.txt',
    ]);
    expect(student.embedded).toHaveLength(15 + 2);
  });

  it('are read by the teacher once, and never those that are held out', async () => {
    const { taught, teacher } = await opened();
    await taught();
    await taught();
    expect(teacher.embedded).toHaveLength(11);
  });

  it('refuse another teacher, and one that reads other contents', async () => {
    const { taught } = await opened();
    await expect(taught(digestOf('other'))).rejects.toMatchObject({
      code: 'invalid_recipe',
      details: { pointer: '/training/teacher/digest' },
    });
    const pictures = await opened('image');
    await expect(pictures.taught()).rejects.toThrow(
      'Expected teacher teacher to read text as the student does, got an encoder of image',
    );
  });

  it('refuse an unlabelled data set without a file of the kind', async () => {
    const { taught } = await opened();
    const empty = await scratchFolder();
    await expect(taught(undefined, [empty])).rejects.toThrow(`Expected text examples at ${empty}, got none`);
  });
});

describe('rows of a file', () => {
  it('are the same from memory and from the file', async () => {
    const path = join(await scratchFolder(), 'rows.bin');
    const all = Float32Array.from({ length: 12 }, (_, i) => i / 7);
    await writeFile(path, all);
    for (const bytesInMemory of [1024, 0]) {
      const rows = await openRows(path, 3, bytesInMemory);
      const into = new Float32Array(9);
      rows.write(2, into.subarray(3, 6));
      expect([...into]).toEqual([0, 0, 0, ...all.subarray(6, 9), 0, 0, 0]);
    }
    const rows = await openRows(path, 3, 0);
    expect(() => rows.write(4, new Float32Array(3))).toThrow('Expected 12 bytes of row 4');
  });
});
