import sharp, { type Metadata } from 'sharp';
import { InnerloopError } from '../errors.ts';
import type { ImagePreprocessing } from '../package/manifest.ts';
import type { ImageDecoder } from '../ports/image-decoder.ts';
import type { Tensor } from '../tensor.ts';

export interface SharpOptions {
  /** A picture with more pixels than this is refused from its header, before it is decoded. */
  readonly maxPixels?: number;
}

/** libvips reads many formats; these three are all a caller may send. */
const signatures = {
  PNG: { offset: 0, magic: '89504e470d0a1a0a' },
  JPEG: { offset: 0, magic: 'ffd8ff' },
  WebP: { offset: 8, magic: '57454250' },
} as const;

/** WebP's own bound. */
const MAX_SIDE = 16_383;

const accepted = 'a PNG, JPEG or WebP file';

/**
 * Decodes with libvips. The picture is turned upright (EXIF), flattened onto white, brought to the package's
 * channels and stretched to its size (`fit: 'fill'`): the network's frame is the caller's whole picture.
 */
export function createSharpDecoder({ maxPixels = 4096 * 4096 }: SharpOptions = {}): ImageDecoder {
  // Every file is seen once, so caching operations only holds memory; one picture is too small for two threads.
  sharp.cache(false);
  sharp.concurrency(1);

  return {
    async decode(file, preprocessing, takePixels) {
      if (!hasAcceptedFormat(file)) throw notAnImage(file);
      const { width, height, channels, resize } = preprocessing;
      try {
        // The header alone is read here.
        const header = await sharp(file, { limitInputPixels: false }).metadata();
        refuseHuge(header, maxPixels);
        await takePixels?.(header.width * header.height);
        const pixels = await sharp(file, { limitInputPixels: maxPixels, autoOrient: true })
          .flatten({ background: '#ffffff' })
          .toColourspace(channels === 1 ? 'b-w' : 'srgb')
          .greyscale(channels === 1)
          .resize(width, height, { fit: 'fill', kernel: resize })
          .raw({ depth: 'uchar' })
          .toBuffer();
        return toTensor(pixels, preprocessing);
      } catch (cause) {
        throw cause instanceof InnerloopError ? cause : damaged(cause);
      }
    },
  };
}

/** Interleaved bytes [h, w, c] → planes [c, h, w] in 0…1, inverted where the package says so. */
function toTensor(pixels: Uint8Array, { width, height, channels, invert }: ImagePreprocessing): Tensor {
  const area = width * height;
  if (pixels.length !== area * channels) {
    throw new RangeError(`Expected ${area * channels} bytes of pixels, got ${pixels.length}`);
  }
  const data = new Float32Array(pixels.length);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < area; i++) {
      const value = (pixels[i * channels + c] as number) / 255;
      data[c * area + i] = invert ? 1 - value : value;
    }
  }
  return { shape: [channels, height, width], data };
}

function hasAcceptedFormat(file: Uint8Array): boolean {
  return Object.values(signatures).some(({ offset, magic }) => hex(file, offset, magic.length / 2) === magic);
}

function hex(file: Uint8Array, offset: number, length: number): string {
  return Buffer.from(file.subarray(offset, offset + length)).toString('hex');
}

function notAnImage(file: Uint8Array): InnerloopError {
  const start = Buffer.from(file.subarray(0, 12)).toString('latin1');
  const told = /^[ -~]+$/.test(start) ? JSON.stringify(start) : hex(file, 0, 8);
  const got = file.length === 0 ? 'an empty file' : `${file.length} bytes that start with ${told}`;
  return new InnerloopError('invalid_image', `Expected ${accepted}, got ${got}`, { expected: accepted, got });
}

/** A thin picture of few pixels can cost as much as one of many: libvips works line by line. */
function refuseHuge({ width, height }: Metadata, maxPixels: number): void {
  if (width * height <= maxPixels && Math.max(width, height) <= MAX_SIDE) return;
  const expected = `at most ${maxPixels} pixels and ${MAX_SIDE} on a side`;
  const got = `${width} × ${height}`;
  throw new InnerloopError('invalid_image', `Expected a picture of ${expected}, got ${got}`, {
    expected,
    got,
  });
}

function damaged(cause: unknown): InnerloopError {
  const got = 'a damaged or incomplete file';
  return new InnerloopError('invalid_image', `Expected ${accepted}, got ${got}`, {
    expected: accepted,
    got,
    cause,
  });
}
