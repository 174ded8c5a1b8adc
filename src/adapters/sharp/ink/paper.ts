import { closing } from './closing.ts';
import { quantile, type Raster, reduceTo, smooth, valuesOf } from './raster.ts';

/** Width of the outline whose pixels show the paper, as a share of the shorter side. */
const OUTLINE = 0.04;
/** Maximum range of grey levels in the outline of evenly lit paper. */
const EVEN = 14;
/** A cell has ink when it is darker than the paper by this many levels of 255, and by this share of the darkest cell. */
const SEEN = 5;
const SHARE = 0.12;
/** Number of cells on the longer side of the grid for estimating uneven light. */
const GRID = 48;
/** Radii of the closings that remove strokes and filled areas, as shares of the shorter side. */
const STROKE = 0.14;
const AREA = 0.3;
/** Minimum brightness of a shadow as a share of the paper's brightness. A darker area is filled with ink. */
const SHADOW = 0.45;

/** The colour of the paper at each pixel. */
export interface Paper {
  /** [h, w, c], as in the picture. */
  readonly data: Float32Array;
  /** 1 where ink is possible, 0 elsewhere, for example at the edges of shadows. Absent: ink is possible everywhere. */
  readonly mask?: Float32Array;
}

/** The values of the outermost pixels, for each channel. */
export function outlineOf({ width, height, channels, data }: Raster): readonly Float32Array[] {
  const depth = Math.max(1, Math.round(OUTLINE * Math.min(width, height)));
  const inside = (i: number, length: number) => i >= depth && i < length - depth;
  const values = Array.from({ length: channels }, () => [] as number[]);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (inside(x, width) && inside(y, height)) continue;
      for (const [c, list] of values.entries()) list.push(data[(y * width + x) * channels + c] as number);
    }
  }
  return values.map((list) => Float32Array.from(list));
}

/**
 * The paper's colour; null when the light is uneven. The outline and the inside must have the same colour, apart from noise
 * and from ink that touches the edge.
 */
export function evenColour(picture: Raster): readonly number[] | null {
  const calm = smooth(picture, Math.min(picture.width, picture.height) < 80 ? 1 : 2);
  const outline = outlineOf(calm);
  if (outline.some((values) => quantile(values, 0.92) - quantile(values, 0.08) > EVEN)) return null;
  const edge = outline.map((values) => quantile(values, 0.5));
  const isSame = (value: number, c: number) => Math.abs(quantile(valuesOf(calm, c), 0.5) - value) <= EVEN;
  return edge.every(isSame) ? edge : null;
}

/** Paper of one colour. */
export function evenPaper({ width, height, channels }: Raster, colour: readonly number[]): Paper {
  const data = new Float32Array(width * height * channels);
  for (let i = 0; i < data.length; i++) data[i] = colour[i % channels] as number;
  return { data };
}

/**
 * Paper under uneven light, for a picture whose ink is darker than the paper. A closing removes the strokes, which are
 * narrower than its window, and keeps the edges of shadows in place.
 */
export function unevenPaper(picture: Raster): Paper {
  const { width, height, channels } = picture;
  const scale = Math.min(1, GRID / Math.max(width, height));
  const [columns, rows] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const grid = reduceTo(picture, columns, rows);
  const data = new Float32Array(columns * rows * channels);
  const seen = new Float32Array(columns * rows);
  for (let c = 0; c < channels; c++) {
    const plane = valuesOf(grid, c);
    const [strokes, areas] = [STROKE, AREA].map((share) =>
      closing(plane, columns, rows, Math.max(1, Math.round(share * Math.min(columns, rows)))),
    ) as [Float32Array, Float32Array];
    for (let i = 0; i < plane.length; i++) {
      const [stroke, area] = [strokes[i] as number, areas[i] as number];
      const paper = stroke < SHADOW * area ? area : stroke;
      data[i * channels + c] = paper;
      seen[i] = Math.max(seen[i] as number, paper - (plane[i] as number));
    }
  }
  const usual = quantile(seen, 0.5);
  const least = usual + Math.max(SEEN, SHARE * (quantile(seen, 0.99) - usual));
  const inked = seen.map((value) => (value >= least ? 1 : 0));
  const around = smooth({ width: columns, height: rows, channels: 1, data: inked }, 1);
  return {
    data: stretch(smooth({ width: columns, height: rows, channels, data }, 1), width, height),
    mask: stretch(around, width, height),
  };
}

/** Enlarges a raster, with bilinear interpolation between the centres of its cells. */
function stretch({ width: columns, height: rows, channels, data }: Raster, width: number, height: number) {
  const out = new Float32Array(width * height * channels);
  const [across, down] = [placesOf(width, columns), placesOf(height, rows)];
  for (let y = 0; y < height; y++) {
    const v = down[y] as number;
    const [top, fy] = [Math.floor(v), v % 1];
    const above = top * columns * channels;
    const below = Math.min(rows - 1, top + 1) * columns * channels;
    for (let x = 0; x < width; x++) {
      const u = across[x] as number;
      const [left, fx] = [Math.floor(u) * channels, u % 1];
      const right = Math.min((columns - 1) * channels, left + channels);
      for (let c = 0; c < channels; c++) {
        const upper =
          (1 - fx) * (data[above + left + c] as number) + fx * (data[above + right + c] as number);
        const lower =
          (1 - fx) * (data[below + left + c] as number) + fx * (data[below + right + c] as number);
        out[(y * width + x) * channels + c] = (1 - fy) * upper + fy * lower;
      }
    }
  }
  return out;
}

/** The centres of `size` pixels, in coordinates where the centre of cell i is i. */
function placesOf(size: number, cells: number): Float32Array {
  const last = cells - 1;
  return Float32Array.from({ length: size }, (_, i) =>
    Math.min(last, Math.max(0, ((i + 0.5) * cells) / size - 0.5)),
  );
}
