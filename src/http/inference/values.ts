import { describe } from '../../service/inputs/describe.ts';
import { firstNotFinite, sizeOf } from '../../tensor.ts';
import type { Datatype } from './datatypes.ts';
import { refuse } from './refuse.ts';

/** The values of a tensor of `shape` in its binary form; FP32 is not copied where it is aligned. */
export function valuesOfBytes(
  bytes: Uint8Array,
  datatype: Datatype,
  shape: readonly number[],
  pointer: string,
): Float32Array {
  const { Elements, fromElement, wanted } = datatype;
  const width = Elements.BYTES_PER_ELEMENT;
  const size = sizeOf(shape);
  if (bytes.length !== size * width) {
    const expected = `${size * width} bytes (${size} × ${width}, of shape [${shape.join(', ')}])`;
    throw refuse(pointer, expected, `${bytes.length} bytes`);
  }
  const { buffer, byteOffset } = bytes.byteOffset % width === 0 ? bytes : Uint8Array.from(bytes);
  const elements = new Elements(buffer, byteOffset, size);
  const values =
    elements instanceof Float32Array
      ? elements
      : fromElement
        ? Float32Array.from(elements as ArrayLike<number>, fromElement)
        : new Float32Array(elements as ArrayLike<number>);
  const fault = firstNotFinite(values);
  if (fault >= 0) throw refuse(`${pointer}/data/${fault}`, wanted, String(elements[fault]));
  return values;
}

/** The same of the JSON form: nested in `shape`, or flat. */
export function valuesOfJson(
  data: readonly unknown[],
  { fromJson, wanted }: Datatype,
  shape: readonly number[],
  pointer: string,
): Float32Array {
  if (fromJson === null) throw refuse(pointer, 'the binary form: this type has none in JSON', 'data');
  const elements = Array.isArray(data[0]) ? flattened(data, shape, pointer) : data;
  const size = sizeOf(shape);
  if (elements.length !== size) {
    throw refuse(pointer, `${size} elements (of shape [${shape.join(', ')}])`, `${elements.length}`);
  }
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    values[i] = fromJson(elements[i]);
    if (!Number.isFinite(values[i])) throw refuse(`${pointer}/${i}`, wanted, describe(elements[i]));
  }
  return values;
}

/** Nested arrays of exactly `shape`, flat. */
function flattened(data: readonly unknown[], shape: readonly number[], pointer: string): readonly unknown[] {
  const [length, ...rest] = shape;
  if (data.length !== length)
    throw refuse(pointer, `an array of ${length}, as the shape says`, describe(data));
  if (rest.length === 0) return data;
  return data.flatMap((part, i) => {
    if (Array.isArray(part)) return flattened(part, rest, `${pointer}/${i}`);
    throw refuse(`${pointer}/${i}`, `an array of ${rest[0]}, as the shape says`, describe(part));
  });
}
