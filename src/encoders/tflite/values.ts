import { float16 } from '../../onnx/float16.ts';
import { sizeOf } from '../../tensor.ts';
import { invalidTflite, type Table } from './flatbuffer.ts';

/** How a value of a type lies in a buffer. */
export interface StoredType {
  readonly name: string;
  readonly bytes: number;
  readonly isFloat?: true;
  readonly read: (view: DataView, at: number) => number;
}

/** By their number in the schema. */
export const storedTypes: Readonly<Record<number, StoredType>> = {
  0: { name: 'float32', bytes: 4, isFloat: true, read: (view, at) => view.getFloat32(at, true) },
  1: { name: 'float16', bytes: 2, isFloat: true, read: (view, at) => float16(view.getUint16(at, true)) },
  2: { name: 'int32', bytes: 4, read: (view, at) => view.getInt32(at, true) },
  3: { name: 'uint8', bytes: 1, read: (view, at) => view.getUint8(at) },
  4: { name: 'int64', bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  9: { name: 'int8', bytes: 1, read: (view, at) => view.getInt8(at) },
};

/**
 * The values of a constant as float32. A quantised one has scales and zero points, one for all values or one for each
 * index of an axis: value = scale · (stored − zero point).
 */
export function constantOf(
  bytes: Uint8Array,
  { read, bytes: width }: StoredType,
  shape: readonly number[],
  scaling: Table | undefined,
): Float32Array {
  const [scales, zeros, axis] = [scaling?.floats(2) ?? [], scaling?.longs(3) ?? [], scaling?.int(6) ?? 0];
  const channels = scales.length > 1 ? (shape[axis] ?? 0) : 1;
  if (scales.length > 1 && (scales.length !== channels || zeros.length !== channels)) {
    throw invalidTflite(
      `expected ${channels} scales and zero points, got ${scales.length} and ${zeros.length}`,
    );
  }
  const wrong = scales.find((scale) => !(scale >= 0 && scale < Number.POSITIVE_INFINITY));
  if (wrong !== undefined) throw invalidTflite(`expected finite scales from 0, got ${wrong}`);
  const inner = scales.length > 1 ? sizeOf(shape.slice(axis + 1)) : 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) {
    const channel = Math.floor(i / inner) % channels;
    values[i] = (scales[channel] ?? 1) * (read(view, i * width) - (zeros[channel] ?? 0));
  }
  return values;
}
