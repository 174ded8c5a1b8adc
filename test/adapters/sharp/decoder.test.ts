import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createSharpDecoder } from '../../../src/adapters/sharp/decoder.ts';
import type { ImagePreprocessing } from '../../../src/package/manifest.ts';
import { pngBomb } from '../../support/files/png-bomb.ts';

const decoder = createSharpDecoder();
const greyscale: ImagePreprocessing = {
  kind: 'image',
  width: 2,
  height: 2,
  channels: 1,
  invert: false,
  resize: 'nearest',
};
const rgb: ImagePreprocessing = { ...greyscale, channels: 3 };

/** Pixels [h, w, c] as a file. */
function picture(pixels: number[], channels: 1 | 2 | 3 | 4, width = 2) {
  return sharp(Uint8Array.from(pixels), {
    raw: { width, height: pixels.length / channels / width, channels },
  });
}

describe('createSharpDecoder', () => {
  it('scales grey values to 0…1 in reading order', async () => {
    const { shape, data } = await decoder.decode(
      await picture([0, 255, 51, 102], 1).png().toBuffer(),
      greyscale,
    );
    expect(shape).toEqual([1, 2, 2]);
    expect([...data]).toEqual([0, 1, Math.fround(0.2), Math.fround(0.4)]);
  });

  it('reads 1-bit drawings as pure black and white', async () => {
    const file = await picture([0, 255, 255, 0], 1).png({ palette: true, colours: 2 }).toBuffer();
    expect([...(await decoder.decode(file, greyscale)).data]).toEqual([0, 1, 1, 0]);
  });

  it('makes ink 1 on a background of 0 when the package inverts', async () => {
    const file = await picture([0, 255, 255, 255], 1).png().toBuffer();
    expect([...(await decoder.decode(file, { ...greyscale, invert: true })).data]).toEqual([1, 0, 0, 0]);
  });

  it('separates colours into planes', async () => {
    const file = await picture([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255], 3).png().toBuffer();
    const { shape, data } = await decoder.decode(file, rgb);
    expect(shape).toEqual([3, 2, 2]);
    expect([...data]).toEqual([1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1]);
  });

  it('repeats grey over three channels', async () => {
    const file = await picture([0, 255, 255, 0], 1).png().toBuffer();
    expect([...(await decoder.decode(file, rgb)).data]).toEqual([0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0]);
  });

  it('treats transparent pixels as white paper', async () => {
    const file = await picture([0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 255], 4).png().toBuffer();
    expect([...(await decoder.decode(file, greyscale)).data]).toEqual([1, 0, 1, 0]);
  });

  it('stretches the whole picture to the frame', async () => {
    const file = await picture([0, 0, 255, 255, 0, 0, 255, 255], 1, 4).png().toBuffer();
    expect([...(await decoder.decode(file, greyscale)).data]).toEqual([0, 1, 0, 1]);
  });

  it('turns a photograph upright', async () => {
    const file = await picture([0, 0, 255, 255], 1)
      .jpeg({ quality: 100 })
      .withMetadata({ orientation: 3 })
      .toBuffer();
    expect([...(await decoder.decode(file, greyscale)).data]).toEqual([1, 1, 0, 0]);
  });

  it.each(['png', 'jpeg', 'webp'] as const)('reads %s', async (format) => {
    const file = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#ffffff' } })
      .toFormat(format)
      .toBuffer();
    expect([...(await decoder.decode(file, greyscale)).data]).toEqual([1, 1, 1, 1]);
  });

  it('reads 16-bit greys', async () => {
    const file = await sharp(Uint16Array.from([0, 65535, 65535, 0]), {
      raw: { width: 2, height: 2, channels: 1 },
    })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect([...(await decoder.decode(file, greyscale)).data]).toEqual([0, 1, 1, 0]);
  });

  it.each(['gif', 'tiff', 'avif'] as const)('refuses %s, which libvips could read', async (format) => {
    const file = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#ffffff' } })
      .toFormat(format)
      .toBuffer();
    await expect(decoder.decode(file, greyscale)).rejects.toMatchObject({
      code: 'invalid_image',
      details: { expected: 'a PNG, JPEG or WebP file' },
    });
  });

  it('refuses SVG, text and nothing', async () => {
    for (const text of ['<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'hello', '']) {
      await expect(decoder.decode(Buffer.from(text), greyscale)).rejects.toMatchObject({
        code: 'invalid_image',
      });
    }
  });

  it('refuses a file that was cut short', async () => {
    const whole = await sharp({ create: { width: 99, height: 99, channels: 3, background: '#123456' } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    await expect(decoder.decode(whole.subarray(0, whole.length / 2), greyscale)).rejects.toMatchObject({
      code: 'invalid_image',
      details: { got: 'a damaged or incomplete file (the file ends early)' },
    });
  });

  it('refuses a PNG bomb from its header and says its size', async () => {
    await expect(decoder.decode(pngBomb(60_000, 60_000), greyscale)).rejects.toMatchObject({
      code: 'invalid_image',
      details: { expected: 'at most 16777216 pixels and 65535 on a side in a PNG', got: '60000 × 60000' },
    });
  });

  it('refuses a thin picture of few pixels and very many lines', async () => {
    await expect(decoder.decode(pngBomb(1, 1_000_000), greyscale)).rejects.toMatchObject({
      code: 'invalid_image',
      details: { got: '1 × 1000000' },
    });
  });
});
