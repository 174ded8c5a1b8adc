import type { PictureFormat } from './formats.ts';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The size that the first bytes of a file state, before it is turned upright; null when they are damaged. It saves a call
 * of the decoder for each picture. The decoder gets it as a limit, and refuses a file that turns out to be larger.
 */
export function pictureSize(file: Uint8Array, format: PictureFormat): PictureSize | null {
  const size = readers[format](Buffer.from(file.buffer, file.byteOffset, file.byteLength));
  return size && size.width > 0 && size.height > 0 ? size : null;
}

/** Whether a WebP has several frames: its extended header says so. */
export function isAnimated(file: Uint8Array, format: PictureFormat): boolean {
  return format === 'WebP' && file[15] === 0x58 && ((file[20] ?? 0) & 2) !== 0;
}

/** Start of frame of a JPEG: all of C0 to CF but C4 (Huffman tables), C8 (reserved) and CC (arithmetic tables). */
export const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

const readers: Readonly<Record<PictureFormat, (file: Buffer) => PictureSize | null>> = {
  // The header is always the first chunk.
  PNG: (file) => (file.length < 24 ? null : { width: file.readUInt32BE(16), height: file.readUInt32BE(20) }),
  JPEG(file) {
    for (let at = 2; at + 9 <= file.length && file[at] === 0xff; ) {
      const marker = file[at + 1] as number;
      if (isFrame(marker)) return { width: file.readUInt16BE(at + 7), height: file.readUInt16BE(at + 5) };
      // Fill bytes may stand before a marker.
      at += marker === 0xff ? 1 : 2 + Math.max(2, file.readUInt16BE(at + 2));
    }
    return null;
  },
  WebP(file) {
    if (file.length < 30) return null;
    const kind = file.toString('latin1', 12, 16);
    // Width and height have 14 bits each. VP8 has them after a start code; VP8L has each, less 1, in one number.
    if (kind === 'VP8 ')
      return { width: file.readUInt16LE(26) & 0x3fff, height: file.readUInt16LE(28) & 0x3fff };
    if (kind === 'VP8L') {
      const bits = file.readUInt32LE(21);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    if (kind === 'VP8X') return { width: 1 + file.readUIntLE(24, 3), height: 1 + file.readUIntLE(27, 3) };
    return null;
  },
};
