import { isFrame } from '../../domain/file-formats/picture-size.ts';

/** The properties of a JPEG that determine the cost of decoding it. */
export interface JpegStructure {
  /**
   * Whether one scan contains the whole picture, in Huffman codes, line by line. libjpeg can then decode at 1/2, 1/4 or 1/8
   * of the size with little memory. For a progressive picture, it needs memory for the whole picture.
   */
  readonly sequential: boolean;
  /** Number of passes of the decoder over the picture. */
  readonly scans: number;
}

const SOS = 0xda;
const EOI = 0xd9;
/** Baseline and extended sequential, both Huffman-coded. */
const SEQUENTIAL = [0xc0, 0xc1];
/** Stuffed zeros, restarts and fill bytes belong to the coded data. */
const inData = (byte: number) => byte === 0 || (byte >= 0xd0 && byte <= 0xd7) || byte === 0xff;

/** Walks the segments of the first picture in the file; a damaged one ends the walk, and the decoder says why. */
export function jpegStructure(file: Uint8Array): JpegStructure {
  let [frame, components, scans, whole] = [0, 0, 0, true];
  let at = 2;
  while (at >= 0 && at + 4 <= file.length) {
    const marker = file[at + 1] ?? EOI;
    if (file[at] !== 0xff || marker === EOI) break;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = ((file[at + 2] ?? 0) << 8) | (file[at + 3] ?? 0);
    if (isFrame(marker)) [frame, components] = [marker, file[at + 9] ?? 0];
    if (marker === SOS) {
      scans += 1;
      if (file[at + 4] !== components) whole = false;
    }
    at += 2 + Math.max(2, length);
    if (marker === SOS) at = endOfData(file, at);
  }
  return { sequential: SEQUENTIAL.includes(frame) && whole, scans };
}

/** The next marker that is not part of the coded data, or −1. */
function endOfData(file: Uint8Array, from: number): number {
  let at = file.indexOf(0xff, from);
  while (at >= 0 && inData(file[at + 1] ?? 0)) at = file.indexOf(0xff, at + 1);
  return at;
}
