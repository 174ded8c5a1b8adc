import type { PictureFormat } from '../../../domain/file-formats/formats.ts';

/**
 * Whether a file has pixels and nothing else: no position, no text, no colour profile, no further frame and no bytes after
 * its end. The decoder has read the whole file before; here only the names of its parts are read.
 */
export function isBare(file: Uint8Array, format: PictureFormat): boolean {
  return bare[format](Buffer.from(file.buffer, file.byteOffset, file.byteLength));
}

/** `pHYs` is the size in print. */
const PNG_CHUNKS = ['IHDR', 'PLTE', 'tRNS', 'pHYs', 'IDAT', 'IEND'];
const WEBP_CHUNKS = ['VP8 ', 'VP8L'];
/** APP0 (JFIF), APP14 (Adobe, which names the colours), tables, the frames, scans. */
const JPEG_SEGMENTS = [0xe0, 0xee, 0xdb, 0xc4, 0xc0, 0xc1, 0xc2, 0xdd, 0xda];

const bare: Readonly<Record<PictureFormat, (file: Buffer) => boolean>> = {
  PNG(file) {
    let at = 8;
    while (at + 12 <= file.length) {
      const type = file.toString('latin1', at + 4, at + 8);
      if (!PNG_CHUNKS.includes(type)) return false;
      at += 12 + file.readUInt32BE(at);
      if (type === 'IEND') return at === file.length;
    }
    return false;
  },
  // One chunk of pixels; files with an alpha plane or an animation have further chunks.
  WebP(file) {
    if (file.length < 20 || !WEBP_CHUNKS.includes(file.toString('latin1', 12, 16))) return false;
    const length = file.readUInt32LE(16);
    return 20 + length + (length % 2) === file.length;
  },
  JPEG(file) {
    let at = 2;
    while (at + 4 <= file.length) {
      const marker = file[at + 1] as number;
      if (file[at] !== 0xff || !JPEG_SEGMENTS.includes(marker)) return false;
      at += 2 + file.readUInt16BE(at + 2);
      if (marker === 0xda) at = endOfData(file, at);
      if (file[at] === 0xff && file[at + 1] === 0xd9) return at + 2 === file.length;
    }
    return false;
  },
};

/** The next marker of a JPEG that is neither a stuffed zero nor a restart. */
function endOfData(file: Buffer, from: number): number {
  let at = file.indexOf(0xff, from);
  while (at >= 0 && isData(file[at + 1] as number)) at = file.indexOf(0xff, at + 2);
  return at < 0 ? file.length : at;
}

function isData(byte: number): boolean {
  return byte === 0 || (byte >= 0xd0 && byte <= 0xd7);
}
