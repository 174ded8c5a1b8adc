/**
 * Features [d] as bytes for stores, all little-endian: d, the number n of values that follow, then n values. When fewer
 * than d values follow, their n positions come before them, and all other values are 0.
 */
export function encodeFeatures(features: Float32Array): Uint8Array {
  const bits = new Uint32Array(features.buffer, features.byteOffset, features.length);
  // By their bits: −0 is not left out.
  const places = positionsOf(bits);
  const isSparse = 2 * places.length < bits.length;
  const count = isSparse ? places.length : bits.length;
  const out = new Uint32Array(2 + (isSparse ? 2 : 1) * count);
  out.set([bits.length, count]);
  out.set(isSparse ? places : bits, 2);
  for (let i = 0; isSparse && i < count; i++) out[2 + count + i] = bits[places[i] as number] as number;
  return new Uint8Array(out.buffer);
}

/** The inverse of `encodeFeatures`. It copies the values. @throws RangeError for other bytes */
export function decodeFeatures(bytes: Uint8Array): Float32Array {
  const words = new Uint32Array(Uint8Array.from(bytes).buffer);
  const [size = 0, count = 0] = words;
  const isSparse = count < size;
  const body = words.subarray(2);
  if (body.length !== (isSparse ? 2 : 1) * count) {
    throw new RangeError(`Expected ${count} features, got ${bytes.length} bytes`);
  }
  const bits = new Uint32Array(size);
  if (isSparse) for (let i = 0; i < count; i++) bits[body[i] as number] = body[count + i] as number;
  else bits.set(body);
  return new Float32Array(bits.buffer);
}

function positionsOf(bits: Uint32Array): number[] {
  const places: number[] = [];
  for (let i = 0; i < bits.length; i++) if (bits[i] !== 0) places.push(i);
  return places;
}
