import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createSharpDecoder } from '../../../src/adapters/sharp/decoder.ts';
import { jpegStructure } from '../../../src/adapters/sharp/jpeg-structure.ts';
import { costOf } from '../../../src/adapters/sharp/picture-cost.ts';
import type { ImagePreprocessing } from '../../../src/package/manifest.ts';
import { pngBomb } from '../../support/files/png-bomb.ts';

const photo: ImagePreprocessing = {
  kind: 'image',
  width: 28,
  height: 28,
  channels: 1,
  invert: false,
  resize: 'lanczos3',
};
const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#8090a0' } });
const jpeg = (width: number, height: number, progressive = false) =>
  picture(width, height).jpeg({ progressive }).toBuffer();

describe('the structure of a JPEG', () => {
  it.each([
    ['sequential', {}, { sequential: true, scans: 1 }],
    ['grey', { chromaSubsampling: '4:4:4' }, { sequential: true, scans: 1 }],
    ['progressive', { progressive: true }, { sequential: false, scans: 10 }],
  ] as const)('of a %s one', async (_name, options, expected) => {
    expect(jpegStructure(await picture(64, 48).jpeg(options).toBuffer())).toEqual(expected);
  });

  it('skips a preview in the metadata, which is also a JPEG', async () => {
    const [file, preview] = [await jpeg(64, 48), await jpeg(16, 16, true)];
    const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), preview]);
    segment.writeUInt16BE(preview.length + 2, 2);
    const whole = Buffer.concat([file.subarray(0, 2), segment, file.subarray(2)]);
    expect(jpegStructure(whole)).toEqual({ sequential: true, scans: 1 });
  });

  it.each([0, 1, 2, 3, 4, 20, 200])(
    'is read up to the end of a file that is cut after %i bytes',
    async (length) => {
      expect(jpegStructure((await jpeg(64, 48)).subarray(0, length)).scans).toBeLessThanOrEqual(1);
    },
  );
});

describe('the cost of a picture', () => {
  const limits = { jpegPixels: 4_000_000, pixels: 1_000_000 };

  it.each([
    // Side lengths, shrink and work.
    [200, 150, 1, 30_000],
    [600, 520, 2, 78_000],
    [1200, 1100, 4, 165_000],
    [2000, 1999, 4, 499_750],
    [2000, 512, 2, 256_000],
  ])('of a JPEG of %i × %i is lower if it is shrunk while decoding', async (width, height, shrink, work) => {
    const file = await jpeg(width, height);
    expect(costOf(file, 'JPEG', { width, height }, limits, 28)).toEqual({ shrink, work });
  });

  it('leaves a JPEG as large as the network needs', async () => {
    const file = await jpeg(600, 520);
    expect(costOf(file, 'JPEG', { width: 600, height: 520 }, limits, 256).shrink).toBe(1);
  });

  it.each([
    ['a JPEG', 'JPEG', jpeg(2001, 2000), 2001, 2000, 'at most 4000000 pixels and 65535 on a side'],
    ['a progressive JPEG', 'JPEG', jpeg(1001, 1000, true), 1001, 1000, 'in a progressive JPEG'],
    ['a PNG', 'PNG', picture(1001, 1000).png().toBuffer(), 1001, 1000, 'at most 1000000 pixels'],
    ['a WebP', 'WebP', picture(1001, 1000).webp().toBuffer(), 1001, 1000, 'in a WebP'],
  ] as const)(
    'of %s beyond its own limit is refused',
    async (_name, format, made, width, height, expected) => {
      const file = await made;
      expect(() => costOf(file, format, { width, height }, limits, 28)).toThrow(expected);
    },
  );

  it('refuses very many scans: each is one more pass over all pixels', async () => {
    const file = await jpeg(64, 48);
    const at = file.indexOf(Buffer.from([0xff, 0xda]));
    const scans = Array.from({ length: 65 }, () => file.subarray(at, -2));
    const bomb = Buffer.concat([file.subarray(0, at), ...scans, file.subarray(-2)]);
    expect(jpegStructure(bomb).scans).toBe(65);
    await expect(createSharpDecoder().decode(bomb, photo)).rejects.toMatchObject({
      code: 'invalid_image',
      details: { expected: 'at most 64 scans in a JPEG', got: '65' },
    });
  });

  it.each([
    [60_000, 60_000],
    [1, 1_000_000],
    [1_000_000, 1],
  ])('of a PNG of %i × %i is refused from its header', async (width, height) => {
    await expect(createSharpDecoder().decode(pngBomb(width, height), photo)).rejects.toMatchObject({
      code: 'invalid_image',
      details: { got: `${width} × ${height}` },
    });
  });
});

describe('a photo from a phone', () => {
  it.each([
    [4032, 3024],
    [5712, 4284],
    [8064, 6048],
  ])('of %i × %i is accepted, and counts at most an eighth of its pixels', async (width, height) => {
    const counted: number[] = [];
    const { shape } = await createSharpDecoder().decode(await jpeg(width, height), photo, async (pixels) => {
      counted.push(pixels);
    });
    expect(shape).toEqual([1, 28, 28]);
    expect(counted).toEqual([Math.ceil((width * height) / 8)]);
  });
});

describe('a JPEG that every viewer opens', () => {
  it('is accepted if its spectral selection ends at 0, as in files of Samsung phones', async () => {
    const file = Buffer.from(await jpeg(64, 48));
    const at = file.indexOf(Buffer.from([0xff, 0xda]));
    file[at + 2 + file.readUInt16BE(at + 2) - 2] = 0;
    expect((await createSharpDecoder().decode(file, photo)).shape).toEqual([1, 28, 28]);
  });

  it.each([0.2, 0.5, 0.9])('is refused with the reason if only a fraction of %d arrived', async (share) => {
    const file = await sharp(
      Uint8Array.from({ length: 64 * 64 }, (_, i) => (i * 7919) % 251),
      {
        raw: { width: 64, height: 64, channels: 1 },
      },
    )
      .jpeg()
      .toBuffer();
    const cut = file.subarray(0, Math.floor(share * file.length));
    await expect(createSharpDecoder().decode(cut, photo)).rejects.toMatchObject({
      code: 'invalid_image',
      details: { got: expect.stringMatching(/^a damaged or incomplete file \(the file ends early\)/) },
    });
  });
});
