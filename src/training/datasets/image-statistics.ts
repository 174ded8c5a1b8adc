import type { ImageDecoder } from '../../ports/image-decoder.ts';
import { areDrawings } from './drawings.ts';
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

const SAMPLE = 64;
const SIDE = 32;
/**
 * Limit of the mean difference between the largest and the smallest of R, G and B. JPEG rounding of a grey picture
 * stays below it.
 */
const COLOURED = 0.02;
/** Limit of the mean of the outermost pixels. For photographs this mean is near the middle of the range. */
const LIGHT = 0.75;

/** Statistics of an evenly spaced sample of the pictures. @throws InnerloopError `invalid_image` that names the file. */
export async function imageStatistics(
  files: readonly PictureFile[],
  decoder: ImageDecoder,
  signal?: AbortSignal,
): Promise<ImageStatistics> {
  const preprocessing = imagesPreprocessing({ size: SIDE, channels: 3, invert: false });
  const step = Math.max(1, files.length / SAMPLE);
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
  const channels = chroma / sample.length > COLOURED ? 3 : 1;
  const drawings = channels === 1 && (await areDrawings(sample, decoder, signal));
  return { channels, lightGround: border / edges > LIGHT, drawings };
}

function isEdge(p: number): boolean {
  const [row, column] = [Math.floor(p / SIDE), p % SIDE];
  return row === 0 || column === 0 || row === SIDE - 1 || column === SIDE - 1;
}
