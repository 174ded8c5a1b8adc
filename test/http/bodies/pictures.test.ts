import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { BLACK, draw, GLYPHS, glyphFile, type Style, WHITE } from '../../adapters/sharp/draw.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ bundled: ['omniglot-protonets'] });
const post = (url: string, payload: object) =>
  http.app.inject({ method: 'POST', url, payload, headers: { prefer: 'wait=20' } });
const dataUrl = (file: Buffer) => `data:;base64,${file.toString('base64')}`;
const predict = (files: readonly Buffer[]) => post('/tasks/glyphs/predict', { inputs: files.map(dataUrl) });

async function adapt(task: string, make: (glyph: string) => Promise<Buffer>) {
  const support = await Promise.all(
    GLYPHS.map(async (label) => ({ label, input: dataUrl(await make(label)) })),
  );
  return post(`/tasks/${task}/adapt`, { model: 'omniglot-protonets', support });
}

const labelsOf = (answer: Awaited<ReturnType<typeof post>>) =>
  answer.json().predictions.map(({ label }: { label: string }) => label);

beforeAll(async () => {
  expect((await adapt('glyphs', (glyph) => glyphFile(glyph, 2))).json()).toMatchObject({
    status: 'succeeded',
  });
});

const styles: Readonly<Record<string, Style>> = {
  'black on white': { paper: WHITE, ink: BLACK },
  'white on black': { paper: BLACK, ink: WHITE },
  'white on nothing': { paper: WHITE, ink: WHITE, transparent: true },
  'grey paper': { paper: [180, 180, 180], ink: [30, 30, 30] },
  'yellowed paper': { paper: [235, 220, 180], ink: [40, 35, 30], format: 'jpeg' },
  'a yellow marker': { paper: WHITE, ink: [250, 220, 0] },
  'a blue biro': { paper: WHITE, ink: [40, 60, 160], format: 'webp' },
  pencil: { paper: [250, 250, 248], ink: [190, 190, 190] },
  'a photo': {
    paper: [225, 222, 215],
    ink: [50, 60, 120],
    light: (x, y) => 0.45 + 0.55 * (0.6 * x + 0.4 * y),
    noise: 5,
    size: [640, 480],
    format: 'jpeg',
  },
};

describe('a drawing', () => {
  it.each(Object.entries(styles))('in %s keeps its label', async (_name, style) => {
    const answer = await predict(await Promise.all(GLYPHS.map((glyph) => draw(glyph, style))));
    expect(labelsOf(answer)).toEqual([...GLYPHS]);
  });

  it('can have another ink in predictions than in the support set', async () => {
    const white: Style = { paper: WHITE, ink: WHITE, transparent: true };
    await adapt('white', (glyph) => draw(glyph, white));
    const inputs = await Promise.all(GLYPHS.map(async (glyph) => dataUrl(await glyphFile(glyph, 3))));
    expect(labelsOf(await post('/tasks/white/predict', { inputs }))).toEqual([...GLYPHS]);
  });
});

const box = (brand: string) => Buffer.from(`\0\0\0\x1cftyp${brand}\0\0\0\0mif1heic`, 'latin1');
const flat = (background: string) =>
  sharp({ create: { width: 60, height: 60, channels: 4, background } })
    .png()
    .toBuffer();

describe.each<[string, () => Promise<Buffer>, RegExp, RegExp]>([
  ['white paper', () => flat('#ffffff'), /a drawing that stands out/, /a picture of one colour/],
  ['nothing', () => flat('#00000000'), /a drawing that stands out/, /a picture of one colour/],
  ['a HEIC picture', async () => box('heic'), /PNG, JPEG or WebP/, /^a HEIC picture$/],
  ['an AVIF picture', async () => box('avif'), /PNG, JPEG or WebP/, /^an AVIF picture$/],
  ['a GIF', async () => Buffer.from('GIF89a\x01\0\x01\0'), /PNG, JPEG or WebP/, /^a GIF picture$/],
  [
    'half a JPEG',
    async () => {
      const file = await draw('tide', { paper: WHITE, ink: BLACK, format: 'jpeg' });
      return file.subarray(0, file.length / 2);
    },
    /PNG, JPEG or WebP/,
    /damaged or incomplete file \(the file ends early\)/,
  ],
])('%s is refused', (_name, make, expected, got) => {
  const problem = {
    code: 'invalid_image',
    expected: expect.stringMatching(expected),
    got: expect.stringMatching(got),
  };

  it('in predictions, with its position', async () => {
    const answer = await predict([await glyphFile('hook'), await make()]);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ ...problem, pointer: '/inputs/1' });
  });

  it('in a support set, and nothing is stored', async () => {
    const file = await make();
    const answer = await adapt('refused', async (glyph) => (glyph === 'gate' ? file : glyphFile(glyph)));
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ ...problem, pointer: '/support/2/input' });
    expect((await http.app.inject({ url: '/tasks/refused' })).statusCode).toBe(404);
  });
});
