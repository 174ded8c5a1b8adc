import { sizeOf, type Tensor, type Tensors } from '../tensor.ts';

/**
 * Named tensors as bytes, for stores: the length of the header (little-endian), a JSON header, then the values
 * (little-endian, in the order of the header). `meta` is any other JSON value.
 */
export function encodeTensors(tensors: Tensors, meta: unknown = null): Uint8Array {
  const entries = Object.entries(tensors);
  const header = Buffer.from(
    JSON.stringify({ meta, tensors: entries.map(([name, { shape }]) => [name, shape]) }),
  );
  const bytes = entries.reduce((total, [, { data }]) => total + data.byteLength, 4 + header.length);
  const out = new Uint8Array(bytes);
  new DataView(out.buffer).setUint32(0, header.length, true);
  out.set(header, 4);
  let at = 4 + header.length;
  for (const [, { data }] of entries) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}

/**
 * The inverse of `encodeTensors`. It copies the values, because stores answer views at any alignment and reuse their
 * memory.
 * @throws RangeError for bytes that `encodeTensors` did not write
 */
export function decodeTensors(bytes: Uint8Array): { tensors: Tensors; meta: unknown } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerEnd = 4 + view.readUInt32LE(0);
  const header: { meta: unknown; tensors: [string, number[]][] } = JSON.parse(
    view.toString('utf8', 4, headerEnd),
  );
  let at = headerEnd;
  const tensors = header.tensors.map(([name, shape]): [string, Tensor] => {
    const data = new Float32Array(sizeOf(shape));
    const end = at + data.byteLength;
    if (end > view.length) throw new RangeError(`Expected ${end} bytes or more, got ${view.length}`);
    new Uint8Array(data.buffer).set(view.subarray(at, end));
    at = end;
    return [name, { shape, data }];
  });
  return { tensors: Object.fromEntries(tensors), meta: header.meta };
}

/** As `decodeTensors`, for caches: null for bytes that cannot be decoded, for example of an older format. */
export function readTensors(bytes: Uint8Array): Tensors | null {
  try {
    return decodeTensors(bytes).tensors;
  } catch {
    return null;
  }
}
