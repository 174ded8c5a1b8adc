import { sizeOf } from '../../../tensor.ts';
import type { InputSpec } from '../input-spec.ts';
import { invalidInput } from '../invalid-input.ts';

const DRAWING = 'a drawing that stands out from its ground';

/**
 * Refuses pictures of only one colour in a batch of pixels [B, …shape], if the package prepares ink: they show no drawing.
 * Other packages accept any picture.
 * @throws InnerloopError `invalid_input` at `pointer`
 */
export function requireInk(pixels: Float32Array, { shape, preprocessing }: InputSpec, pointer: string): void {
  if (preprocessing?.ink === undefined) return;
  const size = sizeOf(shape);
  for (let start = 0; start < pixels.length; start += size) {
    if (!isOfOneColour(pixels, start, start + size)) continue;
    const row = pixels.length > size ? ` (row ${start / size})` : '';
    throw invalidInput(pointer, DRAWING, `a picture of one colour${row}`);
  }
}

function isOfOneColour(pixels: Float32Array, start: number, end: number): boolean {
  const first = pixels[start];
  // A plain loop: a callback per pixel takes several times as long.
  for (let i = start + 1; i < end; i++) if (pixels[i] !== first) return false;
  return true;
}

/**
 * Corrects the polarity of uint8 drawings in place, if the package prepares ink. The pixels [B, …shape] are from 0 to 1.
 * uint8 pixels may come from picture files, where paper is light, or from data for a network, where ink is light. The border
 * of a drawing is mostly background, so its mean shows which of the two it is. Float tensors keep the caller's polarity.
 */
export function correctPolarity(pixels: Float32Array, { shape, preprocessing }: InputSpec): void {
  if (preprocessing?.ink === undefined) return;
  const size = sizeOf(shape);
  for (let start = 0; start < pixels.length; start += size) {
    const row = pixels.subarray(start, start + size);
    const hasLightGround = meanOfBorder(row, preprocessing) > 0.5;
    // The network sees the ground as 0 if the package inverts pictures, else as 1.
    if (hasLightGround === preprocessing.invert)
      for (let i = 0; i < size; i++) row[i] = 1 - (row[i] as number);
  }
}

/** The mean of the outermost pixels of a picture [height, width]. Packages that prepare ink have one channel. */
function meanOfBorder(
  row: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
) {
  let [sum, count] = [0, 0];
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1);
    for (let x = 0; x < width; x += step) {
      sum += row[y * width + x] as number;
      count += 1;
    }
  }
  return sum / count;
}
