import { evenColour, evenPaper, outlineOf, type Paper, unevenPaper } from './paper.ts';
import { inverted, isLighterThan, isLighterThanSurroundings } from './polarity.ts';
import { channelOf, isGrey, quantile, type Raster, reduceTo, smooth } from './raster.ts';

/** Dark ink on white: 255 is paper, 0 is ink. */
export interface InkPlane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Pictures are reduced to this shorter side before their paper is estimated. The averaging removes noise. */
const SIDE = 160;
/** Maximum of the longer side after the reduction. A strip could otherwise keep a million pixels. */
const LONGER_SIDE = 2048;
/** Drawings with paper of at least `WHITE` and ink of at most `BLACK` are not changed. */
const WHITE = 250;
const BLACK = 24;
/** Minimum contrast of ink and paper, in levels of 255 and in multiples of the noise. */
const MIN_CONTRAST = 11;
const MIN_CONTRAST_TO_NOISE = 7;
/**
 * Texture of the paper deviates to both sides of the paper's level. Below the contrast `TEXTURE`, a deviation to the other
 * side of more than `TEXTURE_RATIO` of the contrast means texture and not ink.
 */
const TEXTURE = 48;
const TEXTURE_RATIO = 0.6;
/** Minimum change over two pixels that counts as an edge, as a share of the contrast. */
const EDGE = 0.1;
/** Maximum share of pixels that may be between paper and ink without an edge. */
const MAX_GRADIENTS = 0.12;
/** When the contrast is less than this many times the noise, pixels are averaged with their neighbours. */
const NOISY = 9;

/**
 * Turns a drawing in any colour of ink and paper into black on white, with the same position and proportions. Null when
 * there is no drawing. A drawing that is already black on white is answered unchanged.
 */
export function normaliseInk(picture: Raster): InkPlane | null {
  const plain = plainInk(picture);
  if (plain) return plain;
  const factor = Math.max(1, Math.floor(Math.min(picture.width, picture.height) / SIDE));
  const sideOf = (length: number) => Math.min(LONGER_SIDE, Math.ceil(length / factor));
  return inkOn(reduceTo(picture, sideOf(picture.width), sideOf(picture.height)));
}

/** Null when the picture is not a black-on-white drawing of full contrast. */
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
  // Antialiasing makes thin strokes mostly grey: a quarter of what is not white is enough. In low
  // contrast, nothing is dark, so such a picture is not plain.
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
    if (!hasGradients(picture, differences, levelsOf(differences))) return drawn(dark, paper, differences);
  }
  const dark = isLighterThanSurroundings(picture) ? inverted(picture) : picture;
  const paper = unevenPaper(dark);
  return drawn(dark, paper, differenceFrom(dark, paper));
}

function drawn(dark: Raster, paper: Paper, differences: Float32Array): InkPlane | null {
  const levels = levelsOf(differences);
  const isClean = levels.contrast >= NOISY * levels.noise || Math.min(dark.width, dark.height) < SIDE / 2;
  if (isClean) return toPlane(dark, differences, levels, paper.mask);
  const averaged = differenceFrom(smooth(dark, 1), paper);
  return toPlane(dark, averaged, levelsOf(averaged), paper.mask);
}

/** Whether many pixels are between paper and ink without an edge. Then the light is uneven, for example brighter inside. */
function hasGradients(
  { width, height }: Raster,
  differences: Float32Array,
  { paper, contrast }: Levels,
): boolean {
  const { data } = smooth({ width, height, channels: 1, data: differences }, 1);
  let gradients = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const p = y * width + x;
      const share = ((data[p] as number) - paper) / contrast;
      if (share < 0.15 || share > 0.75) continue;
      const across = (data[p + 1] as number) - (data[p - 1] as number);
      const down = (data[p + width] as number) - (data[p - width] as number);
      if (Math.abs(across) + Math.abs(down) < EDGE * contrast) gradients += 1;
    }
  }
  return gradients > MAX_GRADIENTS * differences.length;
}

/** How much darker than the paper each pixel is, in the channel with the largest difference: 0 equal, 1 black on white. */
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
  /** Differences up to `paper` are paper, and from `ink` on full ink. */
  readonly paper: number;
  readonly ink: number;
  readonly contrast: number;
  /** Standard deviation of the paper. */
  readonly noise: number;
  /** Largest deviation of the paper towards lighter values. */
  readonly opposite: number;
}

function levelsOf(differences: Float32Array): Levels {
  const middle = quantile(differences, 0.5);
  // In a normal distribution, 16 % of the values are more than one standard deviation below the median. None of them is ink.
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
  if (contrast * 255 < MIN_CONTRAST || contrast < MIN_CONTRAST_TO_NOISE * noise) return null;
  if (contrast * 255 < TEXTURE && opposite > TEXTURE_RATIO * contrast) return null;
  const data = new Uint8Array(differences.length);
  let darkest = 255;
  for (let p = 0; p < data.length; p++) {
    // The factor keeps ink at the soft edge of the mask at full weight.
    const weight = mask ? Math.min(1, 3 * (mask[p] as number)) : 1;
    const share = (weight * ((differences[p] as number) - paper)) / (ink - paper);
    data[p] = Math.round(255 * (1 - Math.min(1, Math.max(0, share))));
    darkest = Math.min(darkest, data[p] as number);
  }
  return darkest < 128 ? { width, height, data } : null;
}
