import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { defaultPictureLimits } from '../../../src/adapters/sharp/decoder.ts';
import { createImageReader } from '../../../src/adapters/sharp/image-reader.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import type { ImagePreparation } from '../../../src/package/encoder/preparation.ts';
import { pngBomb } from '../../support/files/png-bomb.ts';

const reader = createImageReader(defaultPictureLimits);
const free = async () => {};
const canonical = (file: Uint8Array) => reader.canonical(file, free);

/** A picture that is red on the left and blue on the right, with soft edges, so that JPEG keeps its colours. */
const scene = (width: number, height: number): Sharp =>
  sharp(Buffer.from([250, 20, 20, 20, 20, 250]), { raw: { width: 2, height: 1, channels: 3 } }).resize(
    width,
    height,
    { fit: 'fill', kernel: 'nearest' },
  );
/** Noise does not compress, so that its files are as large as files become. */
const noise = (width: number, height: number) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  });
const pixelsOf = (file: Uint8Array) => sharp(file).raw().toBuffer();

describe('the canonical form of a photo', () => {
  it.each([
    ['a phone photo', noise(4000, 3000).jpeg(), [683, 512]],
    ['a panorama', scene(6000, 1000).jpeg(), [2048, 341]],
    ['noise', noise(1200, 900).png(), [512, 384]],
    ['a long strip of noise', noise(4000, 300).webp(), [2048, 154]],
  ] as const)('of %s has at most 512 × 2048 pixels and 100 kB', async (_name, picture, size) => {
    const { bytes, warnings } = await canonical(await picture.toBuffer());
    const { format, width, height } = await sharp(bytes).metadata();
    expect({ format, size: [width, height], warnings }).toEqual({ format: 'jpeg', size, warnings: [] });
    expect(bytes.length).toBeLessThanOrEqual(100_000);
  });

  it.each([
    ['a JPEG', noise(700, 600).jpeg({ quality: 97 })],
    ['a progressive JPEG', noise(300, 200).jpeg({ progressive: true })],
    ['a grey JPEG', noise(300, 200).greyscale().jpeg()],
    ['a JPEG in CMYK', noise(300, 200).toColourspace('cmyk').jpeg()],
    ['a PNG', scene(90, 60).png()],
    ['a PNG with a palette', scene(90, 60).png({ palette: true })],
    ['a PNG of 16 bits', scene(90, 60).toColourspace('rgb16').png()],
    ['a grey PNG', noise(90, 60).greyscale().png()],
    ['a transparent PNG', scene(90, 60).ensureAlpha(0.5).png()],
    ['a large PNG', noise(500, 400).png()],
    ['a WebP', noise(90, 60).webp()],
    ['a transparent WebP', scene(90, 60).ensureAlpha(0.5).webp()],
    ['a turned JPEG', noise(90, 60).jpeg().withMetadata({ orientation: 6 })],
  ] as const)('of %s is its own canonical form, and the same each time', async (_name, picture) => {
    const file = await picture.toBuffer();
    const [once, again] = await Promise.all([canonical(file), canonical(file)]);
    expect(Buffer.compare(once.bytes, again.bytes)).toBe(0);
    expect(Buffer.compare(once.bytes, (await canonical(once.bytes)).bytes)).toBe(0);
  });

  it.each([
    ['PNG', scene(90, 60).png()],
    ['WebP', noise(90, 60).webp()],
    ['JPEG', noise(90, 60).jpeg()],
  ] as const)('of a small %s without metadata is the file itself', async (_name, picture) => {
    const file = await picture.toBuffer();
    expect(Buffer.compare((await canonical(file)).bytes, file)).toBe(0);
  });

  it.each([
    ['PNG', noise(90, 60).png()],
    ['WebP', noise(90, 60).webp({ quality: 60 })],
  ] as const)('of a %s with metadata has the same pixels', async (_name, picture) => {
    const file = await picture.withExif({ IFD0: { Copyright: 'A secret' } }).toBuffer();
    const { bytes } = await canonical(file);
    expect(Buffer.compare(await pixelsOf(bytes), await pixelsOf(file))).toBe(0);
    expect(Buffer.from(bytes).includes('A secret')).toBe(false);
  });

  it('has no metadata, and nothing behind the end of the picture', async () => {
    const exif = { IFD0: { Copyright: 'A secret' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1' } };
    const file = await noise(300, 200).jpeg().withExif(exif).toBuffer();
    const trailing = Buffer.concat([await noise(300, 200).jpeg().toBuffer(), Buffer.from('A secret')]);
    const png = Buffer.concat([await scene(30, 20).png().toBuffer(), Buffer.from('A secret')]);
    for (const each of [file, trailing, png]) {
      const { bytes } = await canonical(each);
      expect(Buffer.from(bytes).includes('A secret')).toBe(false);
      const { exif: left, icc, xmp } = await sharp(bytes).metadata();
      expect({ left, icc, xmp }).toEqual({});
    }
  });

  it('is upright', async () => {
    const { bytes } = await canonical(await scene(60, 40).jpeg().withMetadata({ orientation: 6 }).toBuffer());
    const { width, height, orientation } = await sharp(bytes).metadata();
    expect({ width, height, orientation }).toEqual({ width: 40, height: 60, orientation: undefined });
    // The left side of the file is the top of the picture.
    const [red, , blue] = await pixelsOf(bytes);
    expect(red).toBeGreaterThan(200);
    expect(blue).toBeLessThan(60);
  });

  it('keeps transparency of small pictures, and lays large ones on white', async () => {
    const clear = (size: number) =>
      sharp({ create: { width: size, height: size, channels: 4, background: '#ff000000' } });
    const small = await canonical(await clear(40).png().toBuffer());
    expect((await sharp(small.bytes).metadata()).hasAlpha).toBe(true);
    const large = await canonical(await clear(600).png().toBuffer());
    expect([...(await pixelsOf(large.bytes)).subarray(0, 3)]).toEqual([255, 255, 255]);
  });

  it('warns of a picture of one colour, and of an animation', async () => {
    const plain = await sharp({ create: { width: 50, height: 40, channels: 3, background: '#4060a0' } })
      .jpeg()
      .toBuffer();
    expect((await canonical(plain)).warnings).toMatchObject([{ code: 'blank_image' }]);
    const frames = await Promise.all([0, 1].map((hue) => noise(20, 20).modulate({ hue }).png().toBuffer()));
    const animation = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer();
    const { bytes, warnings } = await canonical(animation);
    expect(warnings).toMatchObject([{ code: 'first_frame_only' }]);
    expect((await sharp(bytes).metadata()).pages ?? 1).toBe(1);
  });

  it.each([
    ['an SVG', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'an SVG drawing'],
    ['a bomb', async () => pngBomb(60_000, 60_000), '60000 × 60000'],
    [
      'a cut file',
      async () => (await noise(300, 200).jpeg().toBuffer()).subarray(0, 9000),
      'the file ends early',
    ],
    ['text', async () => Buffer.from('hello'), '5 bytes that start with "hello"'],
  ])('refuses %s by name', async (_name, file, got) => {
    await expect(canonical(await file())).rejects.toMatchObject({
      code: 'invalid_image',
      message: expect.stringContaining(got),
    });
  });
});

describe('a photo for an encoder', () => {
  const prepared = async (file: Uint8Array, changes: Partial<ImagePreparation> = {}) => {
    const preparation: ImagePreparation = {
      kind: 'image',
      size: 8,
      fit: 'cover',
      mean: [0, 0.5, 0.5],
      deviation: [1, 0.5, 0.25],
      ...changes,
    };
    const inputs = [{ name: 'image', shape: [3, preparation.size, preparation.size] }];
    // The reader takes no other member.
    const encoder = { folder: '', manifest: { preparation, inputs } } as unknown as Encoder;
    const { inputs: tensors, warnings } = await reader.prepare(file, encoder, free);
    const { image } = tensors;
    if (!image) throw new Error('Expected an input named image');
    return { ...image, warnings };
  };

  it('has planes of red, green and blue, less the mean and divided by the deviation', async () => {
    const file = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#ff8000' } })
      .png()
      .toBuffer();
    const { shape, data, warnings } = await prepared(file);
    expect(shape).toEqual([3, 8, 8]);
    expect(data[0]).toBeCloseTo(1, 6);
    expect(data[64]).toBeCloseTo((128 / 255 - 0.5) / 0.5, 6);
    expect(data[128]).toBeCloseTo(-2, 6);
    expect(warnings).toMatchObject([{ code: 'blank_image' }]);
  });

  it.each([
    ['cover', [1, 1, 0, 0]],
    ['fill', [1, 1, 0, 0]],
  ] as const)('is fitted by %s', async (fit, red) => {
    const { data } = await prepared(await scene(32, 16).png().toBuffer(), { fit, size: 4 });
    expect([...data.subarray(0, 4)].map((value) => Math.round(value))).toEqual(red);
  });

  it('has white margins if the whole of it must be visible', async () => {
    const { data } = await prepared(await scene(32, 16).png().toBuffer(), { fit: 'contain', size: 4 });
    expect([data[0], data[16]]).toEqual([1, 1]);
  });

  it.each([
    ['in 16 bits', scene(64, 64).toColourspace('rgb16').png()],
    ['in CMYK', scene(64, 64).toColourspace('cmyk').jpeg({ quality: 100, chromaSubsampling: '4:4:4' })],
    ['as a WebP', scene(64, 64).webp({ lossless: true })],
    ['with a palette', scene(64, 64).png({ palette: true })],
    ['turned', scene(64, 64).rotate(180).jpeg({ quality: 100 }).withMetadata({ orientation: 3 })],
  ] as const)('is the same %s', async (_name, picture) => {
    // Print has no bright blue, so CMYK differs by 0.45; an inverted picture would differ by 0.9.
    const plain = { mean: [0, 0, 0], deviation: [1, 1, 1] };
    const [expected, got] = await Promise.all([
      prepared(await scene(64, 64).png().toBuffer(), plain),
      prepared(await picture.toBuffer(), plain),
    ]);
    const differences = got.data.map((value, i) => Math.abs(value - (expected.data[i] ?? 0)));
    expect(Math.max(...differences)).toBeLessThan(0.5);
  });

  it('has the ground of a transparent picture in white', async () => {
    const file = await sharp({ create: { width: 9, height: 9, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer();
    expect((await prepared(file)).data[0]).toBe(1);
  });
});
