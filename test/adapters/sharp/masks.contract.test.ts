import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { maskedPictures, overlayOf } from '../../../src/adapters/sharp/masks.ts';

const limits = { jpegPixels: 2 ** 24, pixels: 2 ** 24 };
const take = async () => undefined;
/** White on the left half, black on the right. */
const halves = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#000000' } })
    .composite([
      {
        input: { create: { width: width / 2, height, channels: 3, background: '#ffffff' } },
        left: 0,
        top: 0,
      },
    ])
    .png()
    .toBuffer();
const pixelsOf = (file: Uint8Array) => sharp(file).raw().toBuffer({ resolveWithObject: true });

describe('masked pictures', () => {
  it('have the mean colour in one cell, and are unchanged elsewhere', async () => {
    const { whole, masked } = await maskedPictures(await halves(40, 20), [2, 4], limits, take);
    expect(masked).toHaveLength(8);
    const { data: before, info } = await pixelsOf(whole);
    expect([info.width, info.height]).toEqual([40, 20]);
    // Cell 5: the second row, the second column.
    const { data: after } = await pixelsOf(masked[5] as Uint8Array);
    for (let y = 0; y < 20; y++)
      for (let x = 0; x < 40; x++) {
        const at = (y * 40 + x) * 3;
        const isMasked = y >= 10 && x >= 10 && x < 20;
        const expected = isMasked ? 128 : (before[at] as number);
        expect(Math.abs((after[at] as number) - expected)).toBeLessThanOrEqual(1);
      }
  });

  it('are small, whatever the size of the picture', async () => {
    const { whole, masked } = await maskedPictures(await halves(2000, 1000), [7, 7], limits, take);
    const { info } = await pixelsOf(whole);
    expect([info.width, info.height]).toEqual([448, 224]);
    expect(masked).toHaveLength(49);
  });

  it('count their pixels, and refuse what is not a picture', async () => {
    let taken = 0;
    await maskedPictures(await halves(40, 20), [1, 1], limits, async (pixels) => {
      taken += pixels;
    });
    expect(taken).toBe(800);
    await expect(maskedPictures(Buffer.from('no picture'), [1, 1], limits, take)).rejects.toMatchObject({
      code: 'invalid_image',
    });
  });
});

describe('an overlay', () => {
  it('is red where parts speak for the answer, blue where they speak against it, clear elsewhere', async () => {
    const { data, info } = await pixelsOf(await overlayOf(Float32Array.from([0.5, 0, 0, -0.5]), [2, 2]));
    expect(info).toMatchObject({ width: 224, height: 224, channels: 4 });
    const at = (x: number, y: number) => [...data.subarray((y * 224 + x) * 4, (y * 224 + x) * 4 + 4)];
    const [red, , blue, alpha] = at(20, 20);
    expect(red).toBeGreaterThan((blue as number) + 100);
    expect(alpha).toBeGreaterThan(120);
    const [against, , blueThere] = at(200, 200);
    expect(blueThere).toBeGreaterThan((against as number) + 100);
    expect(at(200, 20)[3]).toBeLessThan(60);
  });
});
