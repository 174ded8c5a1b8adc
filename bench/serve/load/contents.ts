import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { type Post, SEED_MARK, waiting } from './bodies.ts';

const BOUNDARY = 'bench';
const LABELS = ['avocado', 'ginger', 'lemon'];
const SHOTS = 5;

/** Texts of two classes, of the length of a customer's question. */
const texts = {
  card: ['I lost my card', 'My card was stolen yesterday', 'Where is the card that I ordered?'],
  money: ['How much money do I have?', 'What is my balance today?', 'Did my salary arrive this month?'],
};

export const adaptTexts: Post = {
  path: '/tasks/texts/adapt',
  body: JSON.stringify({
    support: Object.entries(texts).flatMap(([label, all]) => all.map((input) => ({ input, label }))),
  }),
  headers: waiting,
};

/** A question that is another text in each request. */
export const QUESTION = `Somebody took card number ${SEED_MARK} from my bag on the train`;

export const predictText: Post = {
  path: '/tasks/texts/predict',
  body: JSON.stringify({ inputs: [QUESTION] }),
  headers: { 'content-type': 'application/json' },
};

export async function adaptPhotos(): Promise<Post> {
  const files = LABELS.flatMap((label) =>
    Array.from({ length: SHOTS - 1 }, (_, i) => [label, i + 1] as const),
  );
  const parts = await Promise.all(files.map(async ([label, i]) => part(label, await photo(label, i))));
  return formPost('/tasks/photos/adapt', parts);
}

/** A photo that is another file in each request. */
export async function predictPhoto(): Promise<Post> {
  return formPost('/tasks/photos/predict', [part('photo', await photo('lemon', SHOTS))]);
}

/** A photo of the fixtures as a JPEG file of 640 × 480 pixels, with a comment that requests can change. */
export async function photo(label: string, i: number): Promise<Buffer> {
  const file = await readFile(`test/fixtures/photos/${label}/${i}.jpg`);
  const jpeg = await sharp(file).resize(640, 480, { fit: 'cover' }).jpeg({ quality: 85 }).toBuffer();
  const comment = Buffer.from(SEED_MARK);
  const segment = Buffer.from([0xff, 0xfe, 0, comment.length + 2]);
  // Behind the two bytes with which each JPEG file begins.
  return Buffer.concat([jpeg.subarray(0, 2), segment, comment, jpeg.subarray(2)]);
}

function part(name: string, file: Buffer): Buffer {
  const head = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"; filename="${name}.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), file, Buffer.from('\r\n')]);
}

function formPost(path: string, parts: readonly Buffer[]): Post {
  return {
    path,
    body: Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, prefer: 'wait=20' },
  };
}
