import { InnerloopError } from '../../errors.ts';
import type { ImageDecoder } from '../../ports/image-decoder.ts';
import { imagesPreprocessing } from './images.ts';
import { decodePicture, type PictureFile } from './pictures.ts';

const SIDE = 96;
/** Share of the pictures that must be drawings. */
const MOST = 0.8;
/** Share of a drawing's pixels that are ink. */
const INK = { minimum: 0.003, maximum: 0.3 };
/** Pixels between ink and paper, at the edges of strokes, for each of ink. Photographs have more. */
const BETWEEN = 1.6;
/** Half the width of the broadest stroke, and the share of the ink that may be broader. */
const STROKE = 6;
const BROAD = 0.1;

/** Whether pictures are drawings: once their ink is prepared, they are thin strokes and nothing between. */
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
      // One colour.
      if (error instanceof InnerloopError && error.code === 'invalid_image') return null;
      throw error;
    });
    if (ink && isDrawing(ink)) drawings += 1;
  }
  return drawings >= MOST * files.length;
}

function isDrawing(ink: Float32Array): boolean {
  const inked = ink.filter((value) => value > 0.5).length;
  const between = ink.filter((value) => value > 0.2 && value < 0.8).length;
  if (inked < INK.minimum * ink.length || inked > INK.maximum * ink.length) return false;
  return between <= BETWEEN * inked && broadInk(ink) <= BROAD * inked;
}

/** Pixels of ink in the middle of a square of ink. */
function broadInk(ink: Float32Array): number {
  let broad = 0;
  for (let y = STROKE; y < SIDE - STROKE; y++) {
    for (let x = STROKE; x < SIDE - STROKE; x++) if (isBroad(ink, x, y)) broad += 1;
  }
  return broad;
}

function isBroad(ink: Float32Array, x: number, y: number): boolean {
  for (let dy = -STROKE; dy <= STROKE; dy++) {
    for (let dx = -STROKE; dx <= STROKE; dx++) {
      if ((ink[(y + dy) * SIDE + x + dx] as number) <= 0.5) return false;
    }
  }
  return true;
}
