import sharp, { type Sharp } from 'sharp';
import type { CanonicalBytes, Take } from '../../decoding/content-reader.ts';
import type { PictureLimits } from '../picture-cost.ts';
import { type PictureFile, readPicture } from '../picture-file.ts';
import { warningsOf } from '../picture-warnings.ts';
import { isBare } from './bare-files.ts';

const SHORTER_SIDE = 512;
const LONGER_SIDE = 2048;
const MAX_BYTES = 100_000;
/** The first attempt that fits counts. The last one always fits: it has at most 128 × 512 pixels. */
const ATTEMPTS = [
  { side: 512, quality: 85 },
  { side: 512, quality: 75 },
  { side: 384, quality: 75 },
  { side: 256, quality: 75 },
  { side: 128, quality: 75 },
] as const;

/**
 * The form in which examples are stored: at most 512 pixels on the shorter side, 2048 on the longer and 100 kB, upright,
 * in sRGB, without metadata. A file that is already in this form does not change. A small PNG or WebP keeps its pixels,
 * as a PNG.
 */
export function canonicalPicture(
  file: Uint8Array,
  limits: PictureLimits,
  take: Take,
): Promise<CanonicalBytes> {
  return readPicture(file, { limits, needed: SHORTER_SIDE, take }, async (picture) => {
    const { width, height } = await picture.uprightSize();
    const { data, info } = await reduced(picture, width, height);
    const { channels } = info;
    const raster = { data, width: info.width, height: info.height, channels };
    const warnings = warningsOf(picture, data, channels);
    const isSmall = width === info.width && height === info.height;
    if (isSmall && file.length <= MAX_BYTES && isBare(file, picture.format)) return { bytes: file, warnings };
    const lossless = isSmall && picture.format !== 'JPEG' ? await png(raster) : undefined;
    return { bytes: lossless ?? (await jpeg(raster)), warnings };
  });
}

interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

/** The picture within the limits of size; transparent pixels stay transparent. */
function reduced({ open }: PictureFile, width: number, height: number) {
  const scale = Math.min(1, SHORTER_SIDE / Math.min(width, height), LONGER_SIDE / Math.max(width, height));
  const [wide, high] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  return open()
    .toColourspace('srgb')
    .resize({ width: wide as number, height: high as number, fit: 'fill' })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
}

function open({ data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

/** Undefined when it has too many bytes. */
async function png(pixels: Pixels): Promise<Uint8Array | undefined> {
  const bytes = await open(pixels).png({ compressionLevel: 9, adaptiveFiltering: true }).toBuffer();
  return bytes.length <= MAX_BYTES ? Uint8Array.from(bytes) : undefined;
}

async function jpeg(pixels: Pixels): Promise<Uint8Array> {
  let bytes = Buffer.alloc(0);
  for (const { side, quality } of ATTEMPTS) {
    const scale = Math.min(1, side / SHORTER_SIDE);
    const [width, height] = [pixels.width, pixels.height].map((each) =>
      Math.max(1, Math.round(each * scale)),
    ) as [number, number];
    const picture = open(pixels).flatten({ background: '#ffffff' });
    const resized = scale < 1 ? picture.resize(width, height, { fit: 'fill' }) : picture;
    bytes = await resized.jpeg({ quality }).toBuffer();
    if (bytes.length <= MAX_BYTES) break;
  }
  return Uint8Array.from(bytes);
}
