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
  const { paper, ink, light, noise = 0, transparent } = style;
  const channels = transparent ? 4 : 3;
  const data = new Uint8ClampedArray(width * height * channels);
  const random = noise > 0 ? normals(3 * width * height) : [];
  for (let p = 0; p < width * height; p++) {
    const share = 1 - (plain[p] as number) / 255;
    const lit = light ? light((p % width) / width, Math.floor(p / width) / height) : 1;
    for (let c = 0; c < 3; c++) {
      const full = ink[c] as number;
      const value = transparent ? full : ((paper[c] as number) * (1 - share) + full * share) * lit;
      data[p * channels + c] = noise > 0 ? value + noise * (random[3 * p + c] as number) : value;
    }
    if (transparent) data[p * 4 + 3] = 255 * share;
  }
  const picture = sharp(Uint8Array.from(data), { raw: { width, height, channels } });
  return picture.toFormat(style.format ?? 'png').toBuffer();
}

export const GLYPHS = ['anchor', 'comb', 'gate', 'hook', 'knot', 'tide'] as const;

export const glyphFile = (glyph: string, hand = 1) =>
  readFile(new URL(`../../fixtures/glyphs/${glyph}/${hand}.png`, import.meta.url));

let kept = new Float64Array(0);

/** At least `count` normally distributed numbers, always the same ones. They stay: pictures have a million of them. */
function normals(count: number): Float64Array {
  if (kept.length >= count) return kept;
  let seed = 1;
  const uniform = () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return (seed + 1) / (2 ** 32 + 1);
  };
  kept = Float64Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
  return kept;
}
