/** Pixels in reading order, channels interleaved: grey, or red, green and blue. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array | Float32Array;
}

/** Whether red, green and blue are equal in every pixel. */
export function isGrey({ channels, data }: Raster): boolean {
  if (channels === 1) return true;
  for (let i = 0; i < data.length; i += 3) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  }
  return true;
}

/** One channel as a plane of bytes. */
export function channelOf({ channels, data }: Raster, channel: number): Uint8Array {
  const plane = new Uint8Array(data.length / channels);
  for (let i = 0; i < plane.length; i++) plane[i] = data[i * channels + channel] as number;
  return plane;
}

/** Reduces a raster to `width` × `height` cells, which must not exceed its size. A cell is the mean of its pixels. */
export function reduceTo(raster: Raster, width: number, height: number): Raster {
  const { channels, data } = raster;
  if (width === raster.width && height === raster.height) return raster;
  const sums = new Float32Array(width * height * channels);
  const counts = new Float32Array(width * height);
  const column = Uint32Array.from({ length: raster.width }, (_, x) => Math.floor((x * width) / raster.width));
  for (let y = 0; y < raster.height; y++) {
    const row = Math.floor((y * height) / raster.height) * width;
    for (let x = 0; x < raster.width; x++) {
      const cell = row + (column[x] as number);
      counts[cell] = (counts[cell] as number) + 1;
      for (let c = 0; c < channels; c++) {
        const to = cell * channels + c;
        sums[to] = (sums[to] as number) + (data[(y * raster.width + x) * channels + c] as number);
      }
    }
  }
  for (let i = 0; i < sums.length; i++) {
    sums[i] = (sums[i] as number) / (counts[Math.floor(i / channels)] as number);
  }
  return { width, height, channels, data: sums };
}

/** Box blur: each value becomes the mean of the square of side `2 radius + 1` around it, as far as it is in the picture. */
export function smooth({ width, height, channels, data }: Raster, radius: number): Raster {
  const line = width * channels;
  const across = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let c = 0; c < channels; c++) slide(data, across, y * line + c, channels, width, radius);
  }
  const out = new Float32Array(data.length);
  for (let i = 0; i < line; i++) slide(across, out, i, line, height, radius);
  return { width, height, channels, data: out };
}

/** Running means over `length` values from `start` on, with the stride `step`. */
function slide(
  from: Raster['data'],
  to: Float32Array,
  start: number,
  step: number,
  length: number,
  radius: number,
): void {
  let [sum, count] = [0, 0];
  for (let i = -radius; i < length; i++) {
    if (i + radius < length) {
      sum += from[start + (i + radius) * step] as number;
      count += 1;
    }
    if (i > radius) {
      sum -= from[start + (i - radius - 1) * step] as number;
      count -= 1;
    }
    if (i >= 0) to[start + i * step] = sum / count;
  }
}

const BINS = 1024;

/**
 * The quantile `share` of `values`, to a thousandth of their range. It counts values in bins, which is much faster than
 * sorting. It is exact when a bin contains equal values only. 0 when there are no values.
 */
export function quantile(values: Float32Array | Uint8Array, share: number): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (!(most > least)) return values[0] ?? 0;
  const scale = (BINS - 1) / (most - least);
  const [counts, sums] = [new Uint32Array(BINS), new Float64Array(BINS)];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const bin = ((value - least) * scale) | 0;
    counts[bin] = (counts[bin] as number) + 1;
    sums[bin] = (sums[bin] as number) + value;
  }
  let wanted = Math.min(values.length - 1, Math.floor(share * values.length));
  let bin = 0;
  while (wanted >= (counts[bin] as number)) wanted -= counts[bin++] as number;
  return (sums[bin] as number) / (counts[bin] as number);
}

/** The values of one channel. */
export function valuesOf({ channels, data }: Raster, channel: number): Float32Array {
  const values = new Float32Array(data.length / channels);
  for (let i = 0; i < values.length; i++) values[i] = data[i * channels + channel] as number;
  return values;
}
