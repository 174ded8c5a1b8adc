import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { defaultPictureLimits } from '../../../src/adapters/sharp/decoder.ts';
import { createImageReader } from '../../../src/adapters/sharp/image-reader.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import { fuzz } from '../../support/fuzz.ts';

const reader = createImageReader(defaultPictureLimits);
const free = async () => {};

const scene = () =>
  sharp({
    create: {
      width: 40,
      height: 30,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  });
const files: Readonly<Record<string, Buffer>> = {
  PNG: await scene().png().toBuffer(),
  JPEG: await scene().jpeg().withMetadata({ orientation: 8 }).toBuffer(),
  WebP: await scene().ensureAlpha(0.5).webp().toBuffer(),
};

const encoder = {
  manifest: {
    preparation: {
      kind: 'image',
      size: 8,
      resize: 9,
      fit: 'cover',
      interpolation: 'bicubic',
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
    },
    inputs: [{ name: 'x', shape: [3, 8, 8] }],
  },
} as unknown as Encoder;

describe('damaged pictures', () => {
  it.each(Object.entries(files))('in %s are read or refused', async (_name, file) => {
    let [read, refused] = [0, 0];
    const edit = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    const property = fc.asyncProperty(
      fc.array(edit, { maxLength: 3 }),
      fc.oneof(fc.constant(file.length), fc.nat(file.length)),
      async (edits, length) => {
        const bytes = Uint8Array.from(file.subarray(0, length));
        for (const [at, value] of edits) if (at < length) bytes[at] = value;
        try {
          const { bytes: canonical } = await reader.canonical(bytes, free);
          expect(canonical.length).toBeLessThanOrEqual(100_000);
          const { inputs } = await reader.prepare(bytes, encoder, free);
          expect(inputs.x?.data.every((value) => value >= 0 && value <= 1)).toBe(true);
          expect(Buffer.compare((await reader.canonical(canonical, free)).bytes, canonical)).toBe(0);
          read += 1;
        } catch (error) {
          if (!(error instanceof InnerloopError)) throw error;
          expect(error).toMatchObject({ code: 'invalid_image', details: { expected: expect.any(String) } });
          refused += 1;
        }
      },
    );
    await fc.assert(property, fuzz(400));
    expect(Math.min(read, refused)).toBeGreaterThan(0);
  });
});
