import { refuse } from './errors.ts';

const LENGTH_BYTES = 4;

/**
 * Splits the binary form of a BYTES tensor into its elements. Each element is a little-endian 4-byte length followed by that
 * many bytes. Returns views, not copies.
 */
export function splitByteStrings(bytes: Buffer, count: number, pointer: string): Buffer[] {
  const elements: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at + LENGTH_BYTES;
    const end = start <= bytes.length ? start + bytes.readUInt32LE(at) : start;
    if (end > bytes.length) {
      const place = `${pointer}/data/${elements.length}`;
      throw refuse(place, 'a 4-byte length and as many bytes', `only ${bytes.length - at} bytes`);
    }
    elements.push(bytes.subarray(start, end));
    at = end;
  }
  if (elements.length === count) return elements;
  throw refuse(pointer, `${count} elements (from the shape)`, `${elements.length}`);
}

/** Writes texts as a BYTES tensor: the inverse of `splitByteStrings`. */
export function joinByteStrings(texts: readonly string[]): Buffer {
  const parts = texts.flatMap((text) => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat(parts);
}
