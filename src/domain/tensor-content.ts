import { splitRows, type Tensor } from '../tensor.ts';
import { type Content, contentDigestOf } from './content.ts';

/** The values of a tensor as content, little-endian. Packages know its shape. They are not copied. */
export function tensorContent({ data }: Tensor): Content {
  return { kind: 'tensor', bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** The inverse of `tensorContent`. Aligned bytes are not copied. */
export function tensorOf({ bytes }: Content, shape: readonly number[]): Tensor {
  const width = Float32Array.BYTES_PER_ELEMENT;
  const { buffer, byteOffset } = bytes.byteOffset % width === 0 ? bytes : Uint8Array.from(bytes);
  return { shape, data: new Float32Array(buffer as ArrayBuffer, byteOffset, bytes.length / width) };
}

/** The rows of `x` [N, …input] as contents, each with its digest. They are views of `x`. */
export function rowContents(x: Tensor): readonly (readonly [digest: string, content: Content])[] {
  return splitRows(x, 1).map((row) => {
    const content = tensorContent(row);
    return [contentDigestOf(content), content];
  });
}
