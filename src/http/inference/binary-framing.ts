import { InnerloopError } from '../../errors.ts';
import { refuse } from './errors.ts';

/** The header with the length of the JSON part in bytes. The tensors follow the JSON without gaps. */
export const HEADER_LENGTH = 'inference-header-content-length';

/** The two parts of a body. */
export interface Frame {
  /** Null if the header is 0: then the whole body is the data of the one input. */
  readonly json: Buffer | null;
  readonly tensors: Buffer;
}

/**
 * Divides a body after `headerLength` bytes. Without a length, the whole body is JSON.
 * @see https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
 */
export function divide(body: Buffer, headerLength: string | undefined): Frame {
  if (headerLength === undefined) return { json: body, tensors: body.subarray(body.length) };
  const length = Number(headerLength);
  if (!/^\d{1,15}$/.test(headerLength) || length > body.length) {
    const expected = `a number from 0 to ${body.length} (the bytes of the body) in the header ${HEADER_LENGTH}`;
    const got = JSON.stringify(headerLength.slice(0, 40));
    throw new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, { expected, got });
  }
  return { json: length === 0 ? null : body.subarray(0, length), tensors: body.subarray(length) };
}

/** Joins the JSON part and the tensors of an answer. */
export function join(json: string, tensors: readonly Uint8Array[]): { body: Buffer; headerLength: number } {
  const header = Buffer.from(json);
  return { body: Buffer.concat([header, ...tensors]), headerLength: header.length };
}

const LENGTH_BYTES = 4;

/**
 * Splits the binary form of a BYTES tensor into its elements. Each element is a little-endian 4-byte length followed by that
 * many bytes. Returns views, not copies.
 */
export function splitByteStrings(bytes: Buffer, count: number, pointer: string): Buffer[] {
  const elements: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    // Stop early: an empty element has only 4 bytes in the request, but needs more than 100 bytes of memory.
    if (elements.length === count) {
      throw refuse(pointer, `${count} elements (from the shape)`, `${bytes.length - at} bytes more`);
    }
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
