import { quantile, type Raster, smooth } from './raster.ts';

/** Side of the window that counts as the surroundings of a pixel, as a share of the shorter side. */
const SURROUNDINGS = 0.3;

/** The picture with light and dark exchanged. */
export function inverted(picture: Raster): Raster {
  // `Float32Array.from` with a function takes several times as long.
  const data = new Float32Array(picture.data.length);
  for (let i = 0; i < data.length; i++) data[i] = 255 - (picture.data[i] as number);
  return { ...picture, data };
}

/**
 * If the weaker of the deviations to both sides is at least this share of the stronger one, one of them may be a spot of
 * light or a shadow.
 */
const BOTH_SIDES = 0.4;

/**
 * Whether the ink is lighter than paper of one `colour`. Compares the strongest deviations to both sides. If both are strong,
 * the surroundings decide: strokes are narrow, and spots of light are wide.
 */
export function isLighterThan(picture: Raster, colour: readonly number[]): boolean {
  const { channels, data } = picture;
  const count = data.length / channels;
  const [darker, lighter] = [new Float32Array(count), new Float32Array(count)];
  for (let p = 0; p < count; p++) {
    for (let c = 0; c < channels; c++) {
      const difference = (data[p * channels + c] as number) - (colour[c] as number);
      darker[p] = Math.max(darker[p] as number, -difference);
      lighter[p] = Math.max(lighter[p] as number, difference);
    }
  }
  const [light, dark] = [quantile(lighter, 0.99), quantile(darker, 0.99)];
  const isClear = Math.min(light, dark) < BOTH_SIDES * Math.max(light, dark);
  return isClear ? light > dark : isLighterThanSurroundings(picture);
}

/**
 * Whether the ink is lighter than the paper under uneven light. Ink covers the smaller part of its surroundings, so the third
 * moment of the deviations from the local mean is positive for light ink and negative for dark ink.
 */
export function isLighterThanSurroundings(picture: Raster): boolean {
  const { width, height, data } = picture;
  const radius = Math.max(2, Math.round((SURROUNDINGS * Math.min(width, height)) / 2));
  const around = smooth(picture, radius).data;
  let moment = 0;
  for (let i = 0; i < data.length; i++) {
    const difference = (data[i] as number) - (around[i] as number);
    moment += difference * difference * difference;
  }
  return moment > 0;
}
