import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../../src/training/random.ts';

const SIDE = 16;

/** Names of classes: hues around the colour circle. */
export const HUES: readonly string[] = Array.from({ length: 24 }, (_, i) => `hue${i}`);

/** A picture of a class: only the hue says which. Its brightness, and grey stripes through it, are random. */
export async function huePicture(name: string, index: number): Promise<Buffer> {
  const random = createRandom(index).fork(name);
  const hue = (2 * Math.PI * HUES.indexOf(name)) / HUES.length;
  const colour = [0, 1, 2].map((i) => (1 + Math.cos(hue - (2 * Math.PI * i) / 3)) / 2);
  const [angle, phase] = [Math.PI * random.uniform(), 2 * Math.PI * random.uniform()];
  const wave = 0.5 + 1.5 * random.uniform();
  const [brightness, grey] = [60 + 195 * random.uniform(), 255 * random.uniform()];
  const pixels = Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE)];
    const isStripe = Math.sin(wave * (x * Math.cos(angle) + y * Math.sin(angle)) + phase) > 0.3;
    return isStripe ? grey : brightness * (colour[i % 3] ?? 0);
  });
  return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png()
    .toBuffer();
}

/** Fills `folder` with `count` pictures of each class. */
export async function drawHues(folder: string, count: number): Promise<void> {
  for (const name of HUES) {
    await mkdir(join(folder, name), { recursive: true });
    for (let i = 0; i < count; i++)
      await writeFile(join(folder, name, `${i}.png`), await huePicture(name, i));
  }
}
