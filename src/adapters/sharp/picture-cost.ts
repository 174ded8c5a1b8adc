import type { Metadata } from 'sharp';
import type { PictureFormat } from '../../domain/file-formats/formats.ts';
import { InnerloopError } from '../../errors.ts';
import { jpegStructure } from './jpeg-structure.ts';

/** Limits for the size in a picture's header. They bound the cost of decoding any file. */
export interface PictureLimits {
  /** Pixels of a sequential JPEG, which can be shrunk while it is decoded. Cameras write these. */
  readonly jpegPixels: number;
  /** Pixels of any other picture. */
  readonly pixels: number;
}

/** Maximum side in pixels; JPEG has the same limit. A picture of 1 × 65,535 takes 12 ms, one of 1 × 1,000,000 150 ms. */
const MAX_SIDE = 65_535;
/** Maximum number of scans, because each is one more pass over all pixels. Encoders write 10 to 20. */
const MAX_SCANS = 64;
/** Reading the codes of all pixels is about an eighth of the cost of decoding. A reduced JPEG always has this cost. */
const READ_COST_DIVISOR = 8;
/** A JPEG that is shrunk while it is decoded keeps at least this many pixels on its shorter side. */
const MIN_SHORTER_SIDE = 256;

/** The cost of decoding a picture. */
export interface Cost {
  /** The decoder divides both sides by this number while decoding. */
  readonly shrink: 1 | 2 | 4 | 8;
  /** The cost in pixels of an ordinary picture. It counts against the budget of the request. */
  readonly work: number;
}

/** @throws InnerloopError `invalid_image` when the header promises more than `limits` allow. */
export function costOf(
  file: Uint8Array,
  format: PictureFormat,
  { width, height }: Pick<Metadata, 'width' | 'height'>,
  limits: PictureLimits,
  /** The side that is needed, in pixels. A shrunk picture has at least twice that on its shorter side. */
  needed: number,
): Cost {
  const { sequential, scans } = format === 'JPEG' ? jpegStructure(file) : { sequential: false, scans: 1 };
  const most = sequential ? Math.max(limits.jpegPixels, limits.pixels) : limits.pixels;
  const pixels = width * height;
  if (pixels > most || Math.max(width, height) > MAX_SIDE) {
    const kind = sequential ? '' : ` in a ${format === 'JPEG' ? 'progressive JPEG' : format}`;
    throw tooLarge(`at most ${most} pixels and ${MAX_SIDE} on a side${kind}`, `${width} × ${height}`);
  }
  if (scans > MAX_SCANS) throw tooLarge(`at most ${MAX_SCANS} scans in a JPEG`, `${scans}`);
  const enough = Math.max(MIN_SHORTER_SIDE, 2 * needed);
  const shrink = sequential
    ? (([8, 4, 2] as const).find((by) => Math.min(width, height) / by >= enough) ?? 1)
    : 1;
  return {
    shrink,
    work: Math.ceil(Math.max(pixels / shrink ** 2, shrink > 1 ? pixels / READ_COST_DIVISOR : 0)),
  };
}

function tooLarge(expected: string, got: string): InnerloopError {
  const details = { expected, got };
  return new InnerloopError('invalid_image', `Expected a picture of ${expected}, got ${got}`, details);
}
