import { InnerloopError } from '../../errors.ts';
import type { ImageDecoder } from '../../ports/image-decoder.ts';
import { imagesPreprocessing } from './images/images.ts';
import { decodePicture, type PictureFile } from './images/pictures.ts';

const SIDE = 96;
/** Minimum share of drawings among the pictures. */
const MIN_DRAWINGS = 0.8;
/** Limits of the share of ink pixels in a drawing. */
const INK_SHARE = { minimum: 0.003, maximum: 0.3 };
/**
 * Maximum number of grey pixels per ink pixel. In drawings only the edges of strokes are grey; photographs have more
 * grey.
 */
const MAX_GREY_PER_INK = 1.6;
/** Maximum half width of a stroke in pixels, and maximum share of ink in broader strokes. */
const MAX_STROKE_RADIUS = 6;
const MAX_BROAD_SHARE = 0.1;

/** Whether pictures are drawings: after their ink is prepared, they have thin strokes and little grey. */
export async function areDrawings(
  files: readonly PictureFile[],
  decoder: ImageDecoder,
  signal?: AbortSignal,
): Promise<boolean> {
  const preprocessing = imagesPreprocessing({ size: SIDE, channels: 1, invert: true, ink: 'normalise' });
  let drawings = 0;
  for (const file of files) {
    signal?.throwIfAborted();
    const ink = await decodePicture(file, preprocessing, decoder).catch((error: unknown) => {
      // A picture of one colour has no ink.
      if (error instanceof InnerloopError && error.code === 'invalid_image') return null;
      throw error;
    });
    if (ink && isDrawing(ink)) drawings += 1;
  }
  return drawings >= MIN_DRAWINGS * files.length;
}

function isDrawing(ink: Float32Array): boolean {
  const inked = ink.filter((value) => value > 0.5).length;
  const between = ink.filter((value) => value > 0.2 && value < 0.8).length;
  if (inked < INK_SHARE.minimum * ink.length || inked > INK_SHARE.maximum * ink.length) return false;
  return between <= MAX_GREY_PER_INK * inked && broadInk(ink) <= MAX_BROAD_SHARE * inked;
}

/** Number of ink pixels that are the centre of a square of ink. */
function broadInk(ink: Float32Array): number {
  let broad = 0;
  for (let y = MAX_STROKE_RADIUS; y < SIDE - MAX_STROKE_RADIUS; y++) {
    for (let x = MAX_STROKE_RADIUS; x < SIDE - MAX_STROKE_RADIUS; x++) if (isBroad(ink, x, y)) broad += 1;
  }
  return broad;
}

function isBroad(ink: Float32Array, x: number, y: number): boolean {
  for (let dy = -MAX_STROKE_RADIUS; dy <= MAX_STROKE_RADIUS; dy++) {
    for (let dx = -MAX_STROKE_RADIUS; dx <= MAX_STROKE_RADIUS; dx++) {
      if ((ink[(y + dy) * SIDE + x + dx] as number) <= 0.5) return false;
    }
  }
  return true;
}
