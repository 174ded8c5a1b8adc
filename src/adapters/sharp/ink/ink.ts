import { evenColour, evenPaper, outlineOf, type Paper, unevenPaper } from './paper.ts';
import { inverted, isLighterThan, isLighterThanSurroundings } from './polarity.ts';
import { channelOf, isGrey, quantile, type Raster, reduceTo, smooth } from './raster.ts';

/** Dark ink on white: 255 is paper, 0 is ink. */
export interface InkPlane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The shorter side that a picture is reduced to before its paper is judged: averaging takes noise away. */
const SIDE = 160;
/** The longer side is reduced to this: a network takes far fewer pixels, and a strip can have a million. */
const LONGER_SIDE = 2048;
/** Grey paper from here on is white, and ink up to `BLACK` is black: such drawings stay as they are. */
const WHITE = 250;
const BLACK = 24;
/** Levels of 255 by which ink must differ from its paper, and times the noise. */
const LEAST = 11;
const NOISE = 7;
/** Below this contrast, what differs as much to the other side of the paper's level is texture. */
const TEXTURE = 48;
const AS_MUCH = 0.6;
/** Change over two pixels from which there is an edge, as a share of the contrast. */
const EDGE = 0.1;
/** Most of the pixels, as a share, that may lie between paper and ink without an edge. */
const SLOPES = 0.12;
/** Below this many times the noise, pixels are averaged with their neighbours. */
const NOISY = 9;

/**
 * A drawing in any ink on any paper as black on white, in place and in size unchanged; null where there is no drawing.
 * Black on white comes back as it is, pixel by pixel.
 */
export function normaliseInk(picture: Raster): InkPlane | null {
  const plain = plainInk(picture);
  if (plain) return plain;
  const factor = Math.max(1, Math.floor(Math.min(picture.width, picture.height) / SIDE));
  const sideOf = (length: number) => Math.min(LONGER_SIDE, Math.ceil(length / factor));
  return inkOn(reduceTo(picture, sideOf(picture.width), sideOf(picture.height)));
}

/** Null where the picture is no full-contrast black on white. */
function plainInk(picture: Raster): InkPlane | null {
  if (!isGrey(picture)) return null;
  const { width, height } = picture;
  const data = channelOf(picture, 0);
  const [outline] = outlineOf({ width, height, channels: 1, data });
  const counts = new Uint32Array(256);
  for (const value of data) counts[value] = (counts[value] as number) + 1;
  const white = counts.subarray(WHITE).reduce((a, b) => a + b, 0);
  const dark = counts.subarray(0, BLACK + 1).reduce((a, b) => a + b, 0);
  const isPlain = quantile(outline as Float32Array, 0.25) >= WHITE && white >= data.length / 2;
  // Antialiasing leaves every second pixel of a thin stroke grey, and fog all of them.
  return isPlain && dark > 0 && dark * 4 >= data.length - white ? { width, height, data } : null;
}

function inkOn(picture: Raster): InkPlane | null {
  const colour = evenColour(picture);
  if (colour) {
    const isLight = isLighterThan(picture, colour);
    const dark = isLight ? inverted(picture) : picture;
    const paper = evenPaper(
      dark,
      colour.map((value) => (isLight ? 255 - value : value)),
    );
    const differences = differenceFrom(dark, paper);
    if (!hasSlopes(picture, differences, levelsOf(differences))) return drawn(dark, paper, differences);
  }
  const dark = isLighterThanSurroundings(picture) ? inverted(picture) : picture;
  const paper = unevenPaper(dark);
  return drawn(dark, paper, differenceFrom(dark, paper));
}

function drawn(dark: Raster, paper: Paper, differences: Float32Array): InkPlane | null {
  const levels = levelsOf(differences);
  const isCalm = levels.contrast >= NOISY * levels.noise || Math.min(dark.width, dark.height) < SIDE / 2;
  if (isCalm) return toPlane(dark, differences, levels, paper.mask);
  const averaged = differenceFrom(smooth(dark, 1), paper);
  return toPlane(dark, averaged, levelsOf(averaged), paper.mask);
}

/** Whether much of the picture is neither paper nor ink and has no edges: light that is brighter in the middle. */
function hasSlopes(
  { width, height }: Raster,
  differences: Float32Array,
  { paper, contrast }: Levels,
): boolean {
  const { data } = smooth({ width, height, channels: 1, data: differences }, 1);
  let slopes = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const p = y * width + x;
      const share = ((data[p] as number) - paper) / contrast;
      if (share < 0.15 || share > 0.75) continue;
      const across = (data[p + 1] as number) - (data[p - 1] as number);
      const down = (data[p + width] as number) - (data[p - width] as number);
      if (Math.abs(across) + Math.abs(down) < EDGE * contrast) slopes += 1;
    }
  }
  return slopes > SLOPES * differences.length;
}

/** How much darker than its paper each pixel is, in the channel that shows it best: 0 not at all, 1 black on white. */
function differenceFrom({ channels, data }: Raster, paper: Paper): Float32Array {
  const out = new Float32Array(data.length / channels);
  for (let p = 0; p < out.length; p++) {
    let most = -1;
    for (let c = 0; c < channels; c++) {
      const white = paper.data[p * channels + c] as number;
      most = Math.max(most, (white - (data[p * channels + c] as number)) / Math.max(white, 96));
    }
    out[p] = most;
  }
  return out;
}

interface Levels {
  /** The difference that means paper and no more, and that which means ink through and through. */
  readonly paper: number;
  readonly ink: number;
  readonly contrast: number;
  /** Standard deviation over the paper. */
  readonly noise: number;
  /** How far the paper differs to the other side. */
  readonly opposite: number;
}

function levelsOf(differences: Float32Array): Levels {
  const middle = quantile(differences, 0.5);
  // Of a normal distribution, 0.16 lies more than a standard deviation below the middle. No ink is there.
  const noise = middle - quantile(differences, 0.16);
  const half = (quantile(differences, 0.995) + middle) / 2;
  const ink = quantile(
    differences.filter((value) => value > half),
    0.9,
  );
  const contrast = ink - middle;
  return {
    paper: middle + Math.min(2.5 * noise, 0.4 * contrast),
    ink,
    contrast,
    noise,
    opposite: middle - quantile(differences, 0.005),
  };
}

function toPlane(
  { width, height }: Raster,
  differences: Float32Array,
  { paper, ink, contrast, noise, opposite }: Levels,
  mask: Float32Array | undefined,
): InkPlane | null {
  if (contrast * 255 < LEAST || contrast < NOISE * noise) return null;
  if (contrast * 255 < TEXTURE && opposite > AS_MUCH * contrast) return null;
  const data = new Uint8Array(differences.length);
  let darkest = 255;
  for (let p = 0; p < data.length; p++) {
    // Within the mask's soft edge nothing is lost.
    const weight = mask ? Math.min(1, 3 * (mask[p] as number)) : 1;
    const share = (weight * ((differences[p] as number) - paper)) / (ink - paper);
    data[p] = Math.round(255 * (1 - Math.min(1, Math.max(0, share))));
    darkest = Math.min(darkest, data[p] as number);
  }
  return darkest < 128 ? { width, height, data } : null;
}
