import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { createContentDecoder } from '../../../src/adapters/decoding/content-decoder.ts';
import { createSharpDecoder, defaultPictureLimits } from '../../../src/adapters/sharp/decoder.ts';
import { createImageReader } from '../../../src/adapters/sharp/image-reader.ts';
import { defaultTextLimits } from '../../../src/adapters/text/read-text.ts';
import { textContent } from '../../../src/domain/content.ts';
import { inferColumns } from '../../../src/domain/rows/infer-columns.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import type { ImagePreprocessing } from '../../../src/package/manifest.ts';
import { pngBomb } from '../../support/files/png-bomb.ts';

const decoder = createContentDecoder({
  threads: 2,
  pictures: defaultPictureLimits,
  texts: defaultTextLimits,
  sounds: { seconds: 30 },
});
afterAll(() => decoder[Symbol.asyncDispose]());

const image = (bytes: Uint8Array) => ({ kind: 'image', bytes }) as const;
const photo = Uint8Array.from(await readFile('test/fixtures/photos/avocado/1.jpg'));
const free = async () => {};

/** The parts of an encoder of photos that a reader needs. */
const encoder = {
  folder: '',
  manifest: {
    preparation: { kind: 'image', size: 32, fit: 'cover', mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
    inputs: [{ name: 'image', shape: [3, 32, 32] }],
  },
} as unknown as Encoder;

const drawing: ImagePreprocessing = {
  kind: 'image',
  width: 28,
  height: 28,
  channels: 1,
  invert: true,
  resize: 'lanczos3',
  ink: 'normalise',
};

describe('createContentDecoder', () => {
  it('answers what the readers answer', async () => {
    const reader = createImageReader(defaultPictureLimits);
    const { content, warnings } = await decoder.canonical(image(photo));
    expect({ bytes: content.bytes, warnings }).toEqual(await reader.canonical(photo, free));
    expect(content.kind).toBe('image');
    expect(await decoder.prepare(image(photo), encoder)).toEqual(await reader.prepare(photo, encoder, free));
    const scribble = await readFile('test/fixtures/glyphs/anchor/1.png');
    expect(await decoder.image(scribble, drawing)).toEqual(
      await createSharpDecoder().decode(scribble, drawing),
    );
  });

  it('reads texts and sounds', async () => {
    const text = textContent('Grüße');
    expect((await decoder.canonical(text)).content).toEqual({ ...text, bytes: Uint8Array.from(text.bytes) });
    await expect(decoder.canonical({ kind: 'audio', bytes: Buffer.from('no sound') })).rejects.toMatchObject({
      details: { expected: expect.any(String), got: expect.any(String) },
    });
  });

  it('makes thumbnails that fit, upright, and of no more pixels than the picture has', async () => {
    const sizeOf = async (bytes: Uint8Array, side: number) => {
      const { format, width, height } = await sharp(await decoder.thumbnail(bytes, side)).metadata();
      return [format, width, height];
    };
    const create = { width: 300, height: 100, channels: 4, background: '#0c38' } as const;
    const wide = await sharp({ create }).png().toBuffer();
    expect(await sizeOf(wide, 128)).toEqual(['webp', 128, 43]);
    expect(await sizeOf(wide, 1000)).toEqual(['webp', 300, 100]);
    const turned = await sharp({ create }).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(await sizeOf(turned, 128)).toEqual(['webp', 43, 128]);
    const broken = decoder.thumbnail(wide.subarray(0, 60), 128);
    await expect(broken).rejects.toMatchObject({ code: 'invalid_image' });
  });

  it('infers the columns of rows', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({
      place: i % 3 ? 'Zürich\n' : 'Bern',
      size: i * 1.5,
    }));
    const bytes = (given: readonly unknown[]) => given.map((row) => Buffer.from(JSON.stringify(row)));
    expect(await decoder.columns(bytes(rows))).toEqual(inferColumns(rows));
    expect(await decoder.columns(bytes(rows.slice(0, 2)))).toEqual(inferColumns(rows.slice(0, 2)));
    await expect(decoder.columns(bytes([...rows, { place: 'Bern' }]))).rejects.toMatchObject({
      code: 'invalid_support_set',
      message: expect.stringContaining('size'),
      details: { item: 300 },
    });
  });

  it('leaves rows and tensors as they are', async () => {
    const row = { kind: 'row', bytes: Buffer.from('{"a":1}') } as const;
    expect(await decoder.canonical(row)).toEqual({ content: row, warnings: [] });
  });

  it('leaves the bytes of the caller as they are', async () => {
    const bytes = Uint8Array.from(photo);
    await decoder.canonical(image(bytes));
    expect(Buffer.compare(bytes, photo)).toBe(0);
  });

  it('counts pixels before it decodes them, and tells errors of the budget', async () => {
    const counted: number[] = [];
    const take = async (pixels: number) => void counted.push(pixels);
    await decoder.prepare(image(photo), encoder, { take });
    const { width, height } = await sharp(photo).metadata();
    expect(counted).toEqual([width * height]);
  });

  it.each([
    ['a bomb', pngBomb(60_000, 60_000), /got 60000 × 60000/],
    ['a bomb within the limits', pngBomb(4000, 4000), /damaged or incomplete/],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /got an SVG drawing/],
    ['a cut photo', photo.subarray(0, 3000), /the file ends early/],
  ])('refuses %s, and decodes the next picture', async (_name, file, message) => {
    const [bad, good] = await Promise.allSettled([
      decoder.canonical(image(file)),
      decoder.canonical(image(photo)),
    ]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'invalid_image' } });
    expect(String((bad as PromiseRejectedResult).reason)).toMatch(message);
    expect(good.status).toBe('fulfilled');
  });

  it('does not hold up the thread of the caller', async () => {
    // A drawing in colour, whose ink takes some 20 ms to find.
    const size = 1000;
    const page = await sharp({ create: { width: size, height: size, channels: 3, background: '#e0d8c0' } })
      .composite([
        {
          input: Buffer.from(
            `<svg width="${size}" height="${size}"><path d="M200 200L800 800M200 800L800 200" stroke="#203080" stroke-width="40"/></svg>`,
          ),
        },
      ])
      .png()
      .toBuffer();
    await decoder.image(page, drawing);
    const before = performance.eventLoopUtilization();
    await Promise.all(Array.from({ length: 8 }, () => decoder.image(page, drawing)));
    const { active, idle } = performance.eventLoopUtilization(before);
    expect(active).toBeLessThan(idle);
  });
});
