import { join } from 'node:path';
import sharp from 'sharp';
import type { OpenTrainingContext } from '../../../src/cli/context.ts';
import { shuffled } from '../../../src/domain/trust/shuffle.ts';
import { embedContents } from '../../../src/training/datasets/contents/embed-contents.ts';
import { type LabelledContent, readContents } from '../../../src/training/datasets/contents/read-contents.ts';

/** Features of inputs that a task is asked before and after the world has changed. No input is in both. */
export interface Stream {
  readonly name: string;
  readonly encoder: string;
  readonly before: readonly Float32Array[];
  /** Absent: nothing changes. */
  readonly after?: readonly Float32Array[];
}

/** Inputs of each side: enough for windows that differ, few enough to embed in minutes. */
const SIDE = 900;

type Change = (file: Uint8Array) => Promise<Uint8Array>;

/** A picture whose file has lost the note that its camera was held sideways. */
const turned: Change = (file) => sharp(file).rotate(90).jpeg({ quality: 90 }).toBuffer();

/** A picture as a poor camera in a dark room sees it. */
const otherCamera: Change = async (file) => {
  const small = await sharp(file).resize(64, 64, { fit: 'inside' }).toBuffer();
  return sharp(small).blur(0.7).modulate({ brightness: 0.7 }).jpeg({ quality: 40 }).toBuffer();
};

const changed = (each: LabelledContent, change: Change): LabelledContent => ({
  ...each,
  async read() {
    const { kind, bytes } = await each.read();
    return { kind, bytes: await change(bytes) };
  },
});

export async function openStreams(context: OpenTrainingContext): Promise<readonly Stream[]> {
  const rowsOf = async (encoder: string, contents: readonly LabelledContent[]) => {
    const { manifest, embed } = await context.openEncoder(encoder);
    const width = manifest.features;
    const rows = await embedContents(contents, { identity: manifest.digest, width, embed }, context);
    return contents.map((_, i) => {
      const row = new Float32Array(width);
      rows.write(i, row);
      return row;
    });
  };
  const shuffle = <T>(items: readonly T[]): readonly T[] =>
    shuffled(items.length, 'streams').map((i) => items[i] as T);
  const halves = <T>(items: readonly T[]) => {
    const half = Math.min(SIDE, Math.floor(items.length / 2));
    const mixed = shuffle(items);
    return [mixed.slice(0, half), mixed.slice(half, 2 * half)] as const;
  };

  const photos = 'mobilenet-v2-objectron';
  const [early, late] = halves(await readContents(join('data', 'images/caltech101.zip'), 'image'));
  const before = await rowsOf(photos, early);
  const [drawings, laterDrawings] = halves(
    await readContents(join('data', 'images/quickdraw25.zip'), 'image'),
  );
  const banking = await readContents(join('data', 'text/clinc150.tsv'), 'text');
  const [asked, alsoAsked] = halves(banking);
  const text = 'use-lite';
  const texts = await rowsOf(text, asked);
  const home = shuffle(await readContents(join('data', 'text/hwu64.tsv'), 'text')).slice(0, SIDE);
  return [
    { name: 'photos', encoder: photos, before: [...before, ...(await rowsOf(photos, late))] },
    { name: 'texts', encoder: text, before: [...texts, ...(await rowsOf(text, alsoAsked))] },
    {
      name: 'photos, turned by 90°',
      encoder: photos,
      before,
      after: await rowsOf(
        photos,
        late.map((each) => changed(each, turned)),
      ),
    },
    {
      name: 'drawings, turned by 90°',
      encoder: photos,
      before: await rowsOf(photos, drawings),
      after: await rowsOf(
        photos,
        laterDrawings.map((each) => changed(each, turned)),
      ),
    },
    {
      name: 'photos, another camera',
      encoder: photos,
      before,
      after: await rowsOf(
        photos,
        late.map((each) => changed(each, otherCamera)),
      ),
    },
    { name: 'texts, another topic', encoder: text, before: texts, after: await rowsOf(text, home) },
  ];
}
