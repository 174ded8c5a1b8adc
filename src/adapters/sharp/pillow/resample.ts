import { type Interpolation, type Taps, tapsOf } from './filters.ts';

/** A part of a picture. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A picture that can be read in part. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Interleaved red, green and blue [height, width, 3] of a region. */
  read(region: Region): Promise<Uint8Array>;
}

/** A part of a picture that is resized to `width` × `height`. It may reach beyond the picture. */
interface Window {
  /** Of the whole resized picture. */
  readonly width: number;
  readonly height: number;
  readonly part: Region;
}

const WHITE = 255;

/**
 * A part of a resized picture [height, width, 3], as Pillow computes it: along rows, then along columns, both rounded to
 * bytes. White beyond the picture. Only the region that the part needs is read.
 */
export async function resampled(
  picture: Picture,
  { width, height, part }: Window,
  interpolation: Interpolation,
): Promise<Uint8Array> {
  const [across, down] = [partOf(part.left, part.width, width), partOf(part.top, part.height, height)];
  const horizontal = tapsOf(interpolation, { from: picture.width, to: width, ...across });
  const vertical = tapsOf(interpolation, { from: picture.height, to: height, ...down });
  const [columns, rows] = [rangeOf(horizontal), rangeOf(vertical)];
  const region = { left: columns.start, top: rows.start, width: columns.length, height: rows.length };
  const narrow = alongRows(await picture.read(region), region, horizontal);
  const data = new Uint8Array(3 * part.width * part.height).fill(WHITE);
  for (let y = 0; y < down.count; y++) {
    const at = 3 * ((down.first + y - part.top) * part.width + across.first - part.left);
    alongColumns(narrow, vertical, y, region.top, data.subarray(at, at + 3 * across.count));
  }
  return data;
}

/** The positions of a part that lie within the picture. */
function partOf(start: number, length: number, size: number) {
  const first = Math.max(0, start);
  return { first, count: Math.max(0, Math.min(size, start + length) - first) };
}

/** The positions that all taps read. */
function rangeOf({ starts, counts }: Taps) {
  const start = starts[0] ?? 0;
  const end = starts.reduce((furthest, each, i) => Math.max(furthest, each + (counts[i] as number)), 0);
  return { start, length: end - start };
}

interface Narrow {
  readonly width: number;
  readonly data: Uint8ClampedArray;
}

/** The rows of a region with their new width, in an array that rounds and clamps. */
function alongRows(data: Uint8Array, { left, width, height }: Region, taps: Taps): Narrow {
  const { starts, counts, weights } = taps;
  const columns = starts.length;
  const result = new Uint8ClampedArray(3 * columns * height);
  let into = 0;
  for (let y = 0; y < height; y++) {
    const row = 3 * y * width;
    for (let x = 0; x < columns; x++) {
      let [red, green, blue] = [0, 0, 0];
      let from = row + 3 * ((starts[x] as number) - left);
      const weightsAt = x * taps.width;
      for (let k = 0; k < (counts[x] as number); k++, from += 3) {
        const weight = weights[weightsAt + k] as number;
        red += weight * (data[from] as number);
        green += weight * (data[from + 1] as number);
        blue += weight * (data[from + 2] as number);
      }
      result[into] = red;
      result[into + 1] = green;
      result[into + 2] = blue;
      into += 3;
    }
  }
  return { width: columns, data: result };
}

/** Row y of the result. */
function alongColumns(
  { width, data }: Narrow,
  taps: Taps,
  y: number,
  firstRow: number,
  into: Uint8Array,
): void {
  const { starts, counts, weights } = taps;
  const sums = new Float64Array(3 * width);
  for (let k = 0; k < (counts[y] as number); k++) {
    const weight = weights[y * taps.width + k] as number;
    const from = 3 * width * ((starts[y] as number) + k - firstRow);
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + weight * (data[from + i] as number);
  }
  into.set(Uint8ClampedArray.from(sums));
}
