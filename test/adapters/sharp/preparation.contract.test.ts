import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { defaultPictureLimits } from '../../../src/adapters/sharp/decoder.ts';
import { createImageReader } from '../../../src/adapters/sharp/image-reader.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import type { ImagePreparation } from '../../../src/package/encoder/preparation.ts';

interface Golden {
  readonly photo: string;
  readonly preparation: Pick<ImagePreparation, 'size' | 'resize' | 'fit' | 'interpolation'>;
  /** [height, width, 3] in base64. */
  readonly pixels: string;
}

const fixture = (path: string) => readFile(new URL(`../../fixtures/${path}`, import.meta.url));
/** `Image.resize` and `Image.crop` of Pillow 12.3. */
const goldens = JSON.parse((await fixture('resized-by-pillow.json')).toString()) as readonly Golden[];
const reader = createImageReader(defaultPictureLimits);
const raw = { kind: 'image', range: 255, mean: [0, 0, 0], deviation: [1, 1, 1] } as const;

async function prepare(
  file: Uint8Array,
  preparation: Partial<ImagePreparation>,
  take = async (_: number) => {},
) {
  const manifest = { preparation: { ...raw, fit: 'cover', ...preparation }, inputs: [{ name: 'x' }] };
  const { inputs } = await reader.prepare(file, { manifest } as unknown as Encoder, take);
  return inputs.x as { shape: readonly number[]; data: Float32Array };
}

/** Planes [3, h, w] → interleaved. */
function interleaved({ data }: { readonly data: Float32Array }): number[] {
  const area = data.length / 3;
  return Array.from(data, (_, i) => data[(i % 3) * area + Math.floor(i / 3)] as number);
}

describe('a photo that is resized as Pillow does', () => {
  it.each(goldens.map((each) => [each.photo, JSON.stringify(each.preparation), each] as const))(
    'agrees with it: %s %s',
    async (photo, _, { preparation, pixels }) => {
      const got = interleaved(await prepare(await fixture(`photos/${photo}.jpg`), preparation));
      const differences = Array.from(Buffer.from(pixels, 'base64'), (each, i) =>
        Math.abs(each - (got[i] ?? 999)),
      );
      expect(differences).toHaveLength(got.length);
      // Where a side is 6 times as long as needed, the decoder reduces it first, unlike Pillow.
      const { size, resize = size } = preparation;
      const isReduced = resize !== 32 && resize !== 240 && preparation.interpolation !== 'nearest';
      const mean = differences.reduce((a, b) => a + b, 0) / got.length;
      expect(mean).toBeLessThan(isReduced ? 2 : 0.5);
      expect(Math.max(...differences)).toBeLessThanOrEqual(isReduced ? 20 : 2);
    },
  );
});

/** Red on the left, blue on the right. */
const halves = (width: number, height: number) =>
  sharp(Buffer.from([200, 0, 0, 0, 0, 100]), { raw: { width: 2, height: 1, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'nearest' })
    .png()
    .toBuffer();

describe('the values of a picture', () => {
  const base = { size: { height: 1, width: 2 }, fit: 'fill', interpolation: 'nearest' } as const;
  const valuesOf = async (preparation: Partial<ImagePreparation>) => {
    const { shape, data } = await prepare(await halves(8, 4), { ...base, ...preparation });
    return { shape, data: [...data].map((each) => Number(each.toFixed(4))) };
  };

  it.each<[string, Partial<ImagePreparation>, readonly number[], readonly number[]]>([
    ['red, green and blue from 0 to 255', {}, [3, 1, 2], [200, 0, 0, 0, 0, 100]],
    ['blue, green and red', { channels: 'bgr' }, [3, 1, 2], [0, 100, 0, 0, 200, 0]],
    [
      'a mean in the order of the channels',
      { channels: 'bgr', mean: [1, 2, 3], deviation: [1, 1, 2] },
      [3, 1, 2],
      [-1, 99, -2, -2, 98.5, -1.5],
    ],
    ['gray', { channels: 'gray', mean: [0], deviation: [1] }, [1, 1, 2], [59.8, 11.4]],
    [
      'values from 0 to 1',
      { range: 1, mean: [0.5, 0, 0], deviation: [0.5, 1, 1] },
      [3, 1, 2],
      [0.5686, -1, 0, 0, 0, 0.3922],
    ],
  ])('are %s', async (_, preparation, shape, data) => {
    expect(await valuesOf(preparation)).toEqual({ shape, data });
  });
});

describe('the frame of a picture', () => {
  const plane = async (file: Uint8Array, preparation: Partial<ImagePreparation>) => {
    const { shape, data } = await prepare(file, { interpolation: 'bilinear', ...preparation });
    const [, height = 0, width = 0] = shape;
    return Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)]);
  };

  it('has white margins where all of the picture is visible', async () => {
    const rows = await plane(await halves(8, 4), { size: 4, fit: 'contain' });
    expect([rows[0], rows[3]]).toEqual([Array(4).fill(255), Array(4).fill(255)]);
    expect([rows[1]?.[0], rows[1]?.[3]]).toEqual([200, 0]);
  });

  it('is the centre of what covers it, also of a strip', async () => {
    expect(await plane(await halves(90, 10), { size: 4, interpolation: 'nearest' })).toEqual(
      Array(4).fill([200, 200, 0, 0]),
    );
    expect(await plane(await halves(6_000, 40), { size: 10, resize: 12, interpolation: 'nearest' })).toEqual(
      Array(10).fill([...Array(5).fill(200), ...Array(5).fill(0)]),
    );
  });

  it('is upright', async () => {
    const turned = await sharp(await halves(40, 20))
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const rows = await plane(turned, { size: 8, fit: 'fill' });
    const [top, bottom] = [rows[1]?.[4], rows[6]?.[4]];
    expect(top).toBeGreaterThan(190);
    expect(bottom).toBeLessThan(10);
  });

  it('is on white where the picture is transparent', async () => {
    const clear = await sharp({ create: { width: 9, height: 9, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer();
    expect(await plane(clear, { size: 2, resize: 3 })).toEqual([
      [255, 255],
      [255, 255],
    ]);
  });
});

it('counts the pixels that are decoded: a photo is reduced while it is read, but not for `nearest`', async () => {
  const photo = await sharp({ create: { width: 2400, height: 2400, channels: 3, background: '#888' } })
    .jpeg()
    .toBuffer();
  const counted = async (interpolation: ImagePreparation['interpolation']) => {
    let work = 0;
    await prepare(photo, { size: 128, ...(interpolation && { interpolation }) }, async (pixels) => {
      work = pixels;
    });
    return work;
  };
  expect(await counted('nearest')).toBe(2400 ** 2);
  expect(await counted('bilinear')).toBeLessThan(2400 ** 2 / 4);
});
