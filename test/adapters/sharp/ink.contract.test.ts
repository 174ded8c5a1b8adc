import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSharpDecoder } from '../../../src/adapters/sharp/decoder.ts';
import { normaliseInk } from '../../../src/adapters/sharp/ink/normalise-ink.ts';
import type { ImagePreprocessing } from '../../../src/package/manifest.ts';
import { BLACK, draw, GLYPHS, glyphFile, type Style, WHITE } from './draw.ts';

const decoder = createSharpDecoder();
const asSent: ImagePreprocessing = {
  kind: 'image',
  width: 28,
  height: 28,
  channels: 1,
  invert: true,
  resize: 'lanczos3',
};
const prepared: ImagePreprocessing = { ...asSent, ink: 'normalise' };
const decode = async (file: Uint8Array, how = prepared) => (await decoder.decode(file, how)).data;

/** Root mean squared difference. */
const distance = (a: Float32Array, b: Float32Array) =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] as number)) ** 2, 0) / a.length);

const plain: Record<string, Float32Array> = {};
beforeAll(async () => {
  for (const glyph of GLYPHS) plain[glyph] = await decode(await glyphFile(glyph), asSent);
});

const photo = { noise: 5, format: 'jpeg', size: [640, 480] } as const;
const page = { paper: [225, 222, 215], ink: [35, 35, 40], ...photo } as const;
const shadow = (x: number, y: number) => (x + 0.6 * y > 0.85 ? 0.6 : 1);
const slope = (x: number, y: number) => 0.3 + 0.7 * (0.7 * x + 0.3 * y);
const spot = (x: number, y: number) => (Math.hypot(x - 0.75, y - 0.25) < 0.16 ? 1.4 : 1);
const vignette = (x: number, y: number) => 1 - 0.9 * ((x - 0.5) ** 2 + (y - 0.5) ** 2);

/** Styles with the largest allowed distance from black on white. Paper of one colour must give distance 0. */
const styles: Readonly<Record<string, readonly [most: number, style: Style]>> = {
  'black on white': [0, { paper: WHITE, ink: BLACK }],
  'white on black': [0.01, { paper: BLACK, ink: WHITE }],
  'grey paper': [0.01, { paper: [180, 180, 180], ink: [30, 30, 30] }],
  'dark grey paper': [0.01, { paper: [110, 110, 110], ink: [20, 20, 20] }],
  'chalk on grey': [0.01, { paper: [120, 120, 120], ink: WHITE }],
  'yellowed paper': [0.01, { paper: [235, 220, 180], ink: [40, 35, 30] }],
  'brown paper': [0.01, { paper: [190, 150, 110], ink: [30, 25, 20] }],
  'a white pen on brown paper': [0.01, { paper: [190, 150, 110], ink: WHITE }],
  'red ink': [0.01, { paper: WHITE, ink: [220, 30, 30] }],
  'a yellow marker': [0.01, { paper: WHITE, ink: [250, 220, 0] }],
  'a blue biro': [0.01, { paper: WHITE, ink: [40, 60, 160] }],
  'cyan ink': [0.01, { paper: WHITE, ink: [0, 220, 255] }],
  pencil: [0.01, { paper: WHITE, ink: [120, 120, 120] }],
  'faint pencil': [0.01, { paper: [250, 250, 248], ink: [215, 215, 215] }],
  'chalk on a green board': [0.01, { paper: [30, 70, 50], ink: [235, 235, 225] }],
  'a blueprint': [0.01, { paper: [30, 60, 150], ink: [230, 240, 255] }],
  'red on dark blue': [0.01, { paper: [20, 20, 120], ink: [220, 40, 40] }],
  'white on nothing': [0.01, { paper: WHITE, ink: WHITE, transparent: true }],
  'black on nothing': [0.01, { paper: WHITE, ink: BLACK, transparent: true }],
  'yellow on nothing': [0.01, { paper: WHITE, ink: [250, 220, 0], transparent: true }],
  'grey on nothing': [0.01, { paper: WHITE, ink: [128, 128, 128], transparent: true }],
  'JPEG noise': [0.03, { paper: [180, 180, 180], ink: [30, 30, 30], format: 'jpeg' }],
  'a WebP': [0.03, { paper: [210, 205, 190], ink: [60, 60, 160], format: 'webp' }],
  'grainy paper': [0.05, { paper: [230, 230, 230], ink: [30, 30, 30], noise: 20 }],
  'a large drawing': [0.03, { paper: [170, 170, 170], ink: [40, 40, 40], size: [1500, 1200] }],
  'a tiny drawing': [0.08, { paper: [180, 180, 180], ink: [30, 30, 30], size: [28, 28] }],
  'a photo, evenly lit': [0.03, page],
  'a photo, lit from one side': [0.04, { ...page, light: slope }],
  'a photo, darker to the edges': [0.04, { ...page, light: vignette }],
  'a photo with a shadow': [0.05, { ...page, light: shadow }],
  'a photo of pencil, lit from one side': [0.06, { ...page, ink: [125, 125, 128], light: slope }],
  'a photo of a biro with a shadow': [0.06, { ...page, ink: [50, 70, 150], light: shadow }],
  'a photo of pencil with a spot of light': [
    0.06,
    { ...page, paper: [180, 178, 172], ink: [110, 110, 112], light: spot },
  ],
  'a photo of a board': [0.08, { paper: [40, 70, 55], ink: [220, 220, 215], light: vignette, ...photo }],
};

describe('a drawing', () => {
  it.each(Object.entries(styles))(
    'in %s becomes like a drawing in black on white',
    async (_name, [most, style]) => {
      for (const glyph of GLYPHS) {
        const ink = await decode(await draw(glyph, style));
        expect(distance(ink, plain[glyph] as Float32Array), glyph).toBeLessThanOrEqual(most);
      }
    },
  );

  it('in black on white gives the network the same bits as before ink was prepared', async () => {
    for (const glyph of GLYPHS) {
      for (const hand of [1, 2, 3, 4]) {
        const file = await glyphFile(glyph, hand);
        expect(await decode(file)).toEqual(await decode(file, asSent));
        const grey = await sharp(file).resize(250, 90, { fit: 'fill' }).toColourspace('b-w').png().toBuffer();
        expect(await decode(grey)).toEqual(await decode(grey, asSent));
      }
    }
  });

  it('keeps its place and size', async () => {
    const file = await draw('hook', { paper: [90, 90, 90], ink: [240, 240, 0], size: [90, 90] });
    const moved = await sharp(file)
      .extend({ left: 30, bottom: 60, background: { r: 90, g: 90, b: 90 } })
      .png()
      .toBuffer();
    const black = await draw('hook', { paper: WHITE, ink: BLACK, size: [90, 90] });
    const expected = await sharp(black)
      .extend({ left: 30, bottom: 60, background: '#ffffff' })
      .png()
      .toBuffer();
    expect(distance(await decode(moved), await decode(expected, asSent))).toBeLessThan(0.01);
  });

  it.each([1, 3, 6, 8])('is first turned upright, for EXIF orientation %i', async (orientation) => {
    const style: Style = { paper: [150, 150, 140], ink: [200, 30, 30], size: [120, 90] };
    const file = await sharp(await draw('anchor', style))
      .jpeg({ quality: 95 })
      .withMetadata({ orientation })
      .toBuffer();
    const upright = await sharp(file).autoOrient().png().toBuffer();
    expect(distance(await decode(file), await decode(upright))).toBeLessThan(0.03);
  });

  it.each(['cmyk', 'grey16', 'rgb16'] as const)('is read in %s', async (space) => {
    const grey = sharp(await draw('knot', { paper: [180, 180, 180], ink: [30, 30, 30] })).toColourspace(
      space,
    );
    const file = await (space === 'cmyk' ? grey.jpeg({ quality: 95 }) : grey.png()).toBuffer();
    expect(distance(await decode(file), plain.knot as Float32Array)).toBeLessThan(0.05);
  });

  it('keeps a sticker: dark outline and light filling on a transparent background', async () => {
    const create = { width: 60, height: 60, channels: 4, background: '#ffffff' } as const;
    const sticker = sharp({ create }).extend({ top: 8, bottom: 8, left: 8, right: 8, background: '#202020' });
    const outline = await sharp(await sticker.png().toBuffer())
      .extend({ top: 20, bottom: 20, left: 20, right: 20, background: '#00000000' })
      .png()
      .toBuffer();
    const ink = await decode(outline);
    expect(ink[14 * 28 + 14]).toBeLessThan(0.1);
    expect(ink[14 * 28 + 5]).toBeGreaterThan(0.8);
  });
});

const blank: Readonly<Record<string, Style>> = {
  white: { paper: WHITE, ink: WHITE },
  black: { paper: BLACK, ink: BLACK },
  red: { paper: [220, 0, 0], ink: [220, 0, 0] },
  'nothing at all': { paper: WHITE, ink: WHITE, transparent: true, size: [1, 1] },
  'grainy paper': { paper: [230, 230, 225], ink: [230, 230, 225], noise: 8 },
  'coarse noise': { paper: [128, 128, 128], ink: [128, 128, 128], noise: 40 },
  'noise on white': { paper: WHITE, ink: WHITE, noise: 10 },
  'a noisy JPEG': {
    paper: [225, 222, 215],
    ink: [225, 222, 215],
    noise: 16,
    format: 'jpeg',
    size: [300, 300],
  },
  'a photo of paper': { ...page, ink: page.paper },
  'a photo of paper, darker to the edges': { ...page, ink: page.paper, light: vignette },
  'a photo of paper, lit from one side': { ...page, ink: page.paper, light: slope },
};

describe('a picture without a drawing', () => {
  it.each(Object.entries(blank))(
    '(%s) is refused, and the error says what was expected',
    async (_name, style) => {
      await expect(decode(await draw('tide', style))).rejects.toMatchObject({
        code: 'invalid_image',
        details: { expected: 'a drawing that stands out from its ground', got: 'a picture of one colour' },
      });
    },
  );

  it.each([1, 2, 28, 300])('is refused at %i pixels on a side, also if it is transparent', async (side) => {
    for (const background of ['#fff', '#000', '#777', '#ffffff00', '#00000000']) {
      const create = { width: side, height: side, channels: 4, background } as const;
      await expect(decode(await sharp({ create }).png().toBuffer())).rejects.toMatchObject({
        code: 'invalid_image',
      });
    }
  });

  it('is accepted by a package that does not prepare ink', async () => {
    const file = await draw('tide', { paper: WHITE, ink: WHITE });
    expect(new Set(await decode(file, asSent))).toEqual(new Set([0]));
  });
});

describe('normaliseInk', () => {
  it('returns the same array for pixels in black on white', () => {
    const data = Uint8Array.from({ length: 400 }, (_, i) => (i % 20 > 8 && i % 20 < 11 ? 0 : 255));
    expect(normaliseInk({ width: 20, height: 20, channels: 1, data })?.data).toEqual(data);
  });

  it.each([
    [15, 60_000],
    [60_000, 15],
    [100, 10_000],
  ])('prepares a strip of %i × %i pixels at 2048 on the longer side', (width, height) => {
    const isMiddle = (at: number, length: number) => Math.abs(at / length - 0.5) < 0.15;
    const data = Uint8Array.from({ length: width * height }, (_, i) =>
      isMiddle(i % width, width) && isMiddle(Math.floor(i / width), height) ? 60 : 200,
    );
    const drawing = normaliseInk({ width, height, channels: 1, data });
    expect(drawing).toMatchObject({ width: Math.min(2048, width), height: Math.min(2048, height) });
  });

  it.each([
    [1, 1],
    [1, 50],
    [3, 2],
    [5, 900],
  ])('takes %i × %i pixels', (width, height) => {
    const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 256);
    expect(() => normaliseInk({ width, height, channels: 3, data })).not.toThrow();
  });
});
