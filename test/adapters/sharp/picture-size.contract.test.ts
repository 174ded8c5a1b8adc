import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import type { PictureFormat } from '../../../src/domain/file-formats/formats.ts';
import { isAnimated, pictureSize } from '../../../src/domain/file-formats/picture-size.ts';

const picture = sharp({ create: { width: 300, height: 70, channels: 3, background: '#8090a0' } });

describe('the size in a file', () => {
  it.each<readonly [string, PictureFormat, Sharp]>([
    ['a PNG', 'PNG', picture.clone().png()],
    ['a JPEG', 'JPEG', picture.clone().jpeg()],
    [
      'a progressive JPEG with EXIF',
      'JPEG',
      picture
        .clone()
        .jpeg({ progressive: true })
        .withExif({ IFD0: { Copyright: 'x' } }),
    ],
    ['a lossy WebP', 'WebP', picture.clone().webp()],
    ['a lossless WebP', 'WebP', picture.clone().webp({ lossless: true })],
    ['a WebP with alpha', 'WebP', picture.clone().ensureAlpha(0.5).webp()],
  ])('is read from %s, and is missing when the file ends before it', async (_name, format, encoded) => {
    const file = await encoded.toBuffer();
    expect(pictureSize(file, format)).toEqual({ width: 300, height: 70 });
    expect(isAnimated(file, format)).toBe(false);
    for (const length of [0, 2, 12, 20]) expect(pictureSize(file.subarray(0, length), format)).toBeNull();
  });

  it('is the size of one frame of an animation', async () => {
    const frames = await Promise.all(
      ['#102030', '#405060'].map((background) =>
        sharp({ create: { width: 30, height: 20, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const file = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer();
    expect(pictureSize(file, 'WebP')).toEqual({ width: 30, height: 20 });
    expect(isAnimated(file, 'WebP')).toBe(true);
  });

  it('is a limit for the decoder: a file that is larger than it says is refused', async () => {
    const file = await picture.clone().jpeg().toBuffer();
    const { width, height } = pictureSize(file, 'JPEG') ?? { width: 0, height: 0 };
    await expect(
      sharp(file, { limitInputPixels: width * height - 1 })
        .raw()
        .toBuffer(),
    ).rejects.toThrow('limit');
  });
});
