import type { Warning } from '../../domain/warning.ts';
import type { PictureFile } from './picture-file.ts';

/** Pictures whose values differ by at most this many levels of 255, in each channel, count as one colour. */
const ONE_COLOUR = 3;

/** Warnings about a picture and its interleaved `pixels`, after the reduction. */
export function warningsOf(
  { isAnimated }: PictureFile,
  pixels: Uint8Array,
  channels: number,
): readonly Warning[] {
  const warnings: Warning[] = [];
  if (isOneColour(pixels, channels)) {
    warnings.push({ code: 'blank_image', pointer: '', detail: 'The picture has only one colour' });
  }
  if (isAnimated) {
    warnings.push({
      code: 'first_frame_only',
      pointer: '',
      detail: 'Only the first frame of the animation is read',
    });
  }
  return warnings;
}

function isOneColour(pixels: Uint8Array, channels: number): boolean {
  for (let c = 0; c < channels; c++) {
    let [least, most] = [255, 0];
    for (let i = c; i < pixels.length; i += channels) {
      const value = pixels[i] as number;
      if (value < least) least = value;
      if (value > most) most = value;
      if (most - least > ONE_COLOUR) return false;
    }
  }
  return true;
}
