import type { AskedInput } from '../domain/drift/asked-input.ts';

/** Bytes of an input, little-endian: the length of the JSON, then the features, then all other members as JSON. */
export function encodeAsked({ features, ...rest }: AskedInput): Buffer {
  const json = Buffer.from(JSON.stringify(rest));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([
    length,
    Buffer.from(features.buffer, features.byteOffset, features.byteLength),
    json,
  ]);
}

/** The inverse of `encodeAsked`. It copies the features. */
export function decodeAsked(bytes: Uint8Array): AskedInput {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = all.length - all.readUInt32LE(0);
  const features = new Float32Array(Uint8Array.from(all.subarray(4, end)).buffer);
  return { features, ...JSON.parse(all.toString('utf8', end)) };
}
