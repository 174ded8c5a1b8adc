import type { Metadata } from 'sharp';
import type { Warning } from '../../domain/warning.ts';

/** Pictures whose values differ by at most this many levels of 255, in each channel, count as one colour. */
const ONE_COLOUR = 3;

/** Warnings about a picture, from its header and from its interleaved `pixels`, after the reduction. */
export function warningsOf({ pages }: Metadata, pixels: Uint8Array, channels: number): readonly Warning[] {
  const warnings: Warning[] = [];
  if (isOneColour(pixels, channels)) {
    warnings.push({ code: 'blank_image', pointer: '', detail: 'The picture has only one colour' });
  }
  if (pages !== undefined && pages > 1) {
    const detail = `Only the first of the ${pages} frames of the animation is read`;
    warnings.push({ code: 'first_frame_only', pointer: '', detail });
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
