import { InnerloopError } from '../../errors.ts';

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
