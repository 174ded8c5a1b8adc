import { readFile } from 'node:fs/promises';
import sharp from 'sharp';

export type Colour = readonly [red: number, green: number, blue: number];
export const WHITE: Colour = [255, 255, 255];
export const BLACK: Colour = [0, 0, 0];

/** The strokes, light and file format of a drawing. */
export interface Style {
  readonly paper: Colour;
  readonly ink: Colour;
  /** Brightness at (x, y), both from 0 to 1. */
  readonly light?: (x: number, y: number) => number;
  /** Standard deviation of the noise, in levels of 255. */
  readonly noise?: number;
  readonly size?: readonly [width: number, height: number];
  /** Only ink, on a transparent background. */
  readonly transparent?: boolean;
  readonly format?: 'png' | 'jpeg' | 'webp';
}

/** Draws a glyph of the fixtures in a style, and returns the bytes of the file. */
export async function draw(glyph: string, style: Style): Promise<Buffer> {
  const [width, height] = style.size ?? [105, 105];
  const drawn = sharp(await glyphFile(glyph)).resize(width, height, { fit: 'fill' });
  const plain = await drawn.toColourspace('b-w').greyscale().raw().toBuffer();
  const channels = style.transparent ? 4 : 3;
  const data = new Uint8ClampedArray(width * height * channels);
  const random = gaussian();
  for (let p = 0; p < width * height; p++) {
    const share = 1 - (plain[p] as number) / 255;
    const light = style.light?.((p % width) / width, Math.floor(p / width) / height) ?? 1;
    for (let c = 0; c < 3; c++) {
      const [paper, ink] = [style.paper[c] as number, style.ink[c] as number];
      const value = style.transparent ? ink : (paper * (1 - share) + ink * share) * light;
      data[p * channels + c] = value + (style.noise ? style.noise * random() : 0);
    }
    if (style.transparent) data[p * 4 + 3] = 255 * share;
  }
  const picture = sharp(Uint8Array.from(data), { raw: { width, height, channels } });
  return picture.toFormat(style.format ?? 'png').toBuffer();
}

export const GLYPHS = ['anchor', 'comb', 'gate', 'hook', 'knot', 'tide'] as const;

export const glyphFile = (glyph: string, hand = 1) =>
  readFile(new URL(`../../fixtures/glyphs/${glyph}/${hand}.png`, import.meta.url));

/** A generator of normally distributed numbers that are the same on every run. */
function gaussian(): () => number {
  let seed = 1;
  const uniform = () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return (seed + 1) / (2 ** 32 + 1);
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
