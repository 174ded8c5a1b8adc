import type { ImageDecoder } from '../../../ports/image-decoder.ts';
import { areDrawings } from '../drawings.ts';
import { imagesPreprocessing } from './images.ts';
import { decodePicture, type PictureFile } from './pictures.ts';

/** Properties of pictures that determine their preprocessing. */
export interface ImageStatistics {
  /** 1 when all pictures are grey. */
  readonly channels: 1 | 3;
  /** Whether the background is light, as in drawings on paper and product photos. */
  readonly lightGround: boolean;
  /**
   * Whether the pictures are grey drawings: thin ink on a plain background, which may be light or dark and unevenly
   * lit.
   */
  readonly drawings: boolean;
}

const SAMPLE_SIZE = 64;
const SIDE = 32;
/**
 * Maximum mean difference between the largest and the smallest of R, G and B in grey pictures. JPEG rounding stays
 * below it.
 */
const MAX_GREY_CHROMA = 0.02;
/**
 * Minimum mean of the outermost pixels for a light background. For photographs this mean is near the middle of the
 * range.
 */
const MIN_LIGHT_BACKGROUND = 0.75;

/** Statistics of an evenly spaced sample of the pictures. @throws InnerloopError `invalid_image` that names the file. */
export async function imageStatistics(
  files: readonly PictureFile[],
  decoder: ImageDecoder,
  signal?: AbortSignal,
): Promise<ImageStatistics> {
  const preprocessing = imagesPreprocessing({ size: SIDE, channels: 3, invert: false });
  const step = Math.max(1, files.length / SAMPLE_SIZE);
  const sample = files.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  let [chroma, border, edges] = [0, 0, 0];
  for (const file of sample) {
    signal?.throwIfAborted();
    const data = await decodePicture(file, preprocessing, decoder);
    for (let p = 0; p < SIDE * SIDE; p++) {
      const rgb = [0, 1, 2].map((c) => data[c * SIDE * SIDE + p] as number);
      chroma += (Math.max(...rgb) - Math.min(...rgb)) / (SIDE * SIDE);
      if (!isEdge(p)) continue;
      border += rgb.reduce((a, b) => a + b) / 3;
      edges += 1;
    }
  }
  const channels = chroma / sample.length > MAX_GREY_CHROMA ? 3 : 1;
  const drawings = channels === 1 && (await areDrawings(sample, decoder, signal));
  return { channels, lightGround: border / edges > MIN_LIGHT_BACKGROUND, drawings };
}

function isEdge(p: number): boolean {
  const [row, column] = [Math.floor(p / SIDE), p % SIDE];
  return row === 0 || column === 0 || row === SIDE - 1 || column === SIDE - 1;
}
