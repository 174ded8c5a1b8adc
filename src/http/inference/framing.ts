import { InnerloopError } from '../../errors.ts';

/** Bytes of the JSON part; the tensors follow it, back to back. */
export const HEADER_LENGTH = 'inference-header-content-length';

/** A body as its header divides it. */
export interface Frame {
  /** Null where the whole body is the data of the one input: the header says 0. */
  readonly json: Buffer | null;
  readonly tensors: Buffer;
}

/**
 * Divides a body where `headerLength` says; without one it is all JSON.
 * @see https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
 */
export function divide(body: Buffer, headerLength: string | undefined): Frame {
  if (headerLength === undefined) return { json: body, tensors: body.subarray(body.length) };
  const length = Number(headerLength);
  if (!/^\d{1,15}$/.test(headerLength) || length > body.length) {
    const expected = `a number of bytes from 0 to the body's ${body.length} in the header ${HEADER_LENGTH}`;
    const got = JSON.stringify(headerLength.slice(0, 40));
    throw new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, { expected, got });
  }
  return { json: length === 0 ? null : body.subarray(0, length), tensors: body.subarray(length) };
}

/** The body of an answer whose JSON part is followed by these tensors. */
export function join(json: string, tensors: readonly Uint8Array[]): { body: Buffer; headerLength: number } {
  const header = Buffer.from(json);
  return { body: Buffer.concat([header, ...tensors]), headerLength: header.length };
}
