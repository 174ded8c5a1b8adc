import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { createRandom, type Random } from '../../../src/training/random.ts';

const SIDE = 40;
const POINTS = 5;

/** Draws a picture of a class: black strokes on white through the points of the class, each slightly moved. */
export async function drawPicture(name: string, index: number): Promise<Buffer> {
  const own = createRandom(1).fork(name);
  const hand = own.fork(index);
  const spread = (random: Random, most: number) => most * (2 * random.uniform() - 1);
  const points = Array.from({ length: POINTS }, () =>
    [0, 1].map(() => SIDE / 2 + spread(own, 15) + spread(hand, 1.5)).join(','),
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}">
    <rect width="100%" height="100%" fill="#fff"/>
    <polyline points="${points.join(' ')}" fill="none" stroke="#000" stroke-width="3"/></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

/** Fills `folder` with `<class>/<index>.png`: the given number of pictures for each class. */
export async function drawClasses(folder: string, counts: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, count] of Object.entries(counts)) {
    for (let i = 0; i < count; i++) await writePicture(join(folder, name, `${i}.png`), name, i);
  }
}

export async function writePicture(path: string, name: string, index: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await drawPicture(name, index));
}

/** `sign00`, `sign01`, … with `count` pictures each. */
export const signs = (classes: number, count: number): Readonly<Record<string, number>> =>
  Object.fromEntries(Array.from({ length: classes }, (_, i) => [`sign${`${i}`.padStart(2, '0')}`, count]));
