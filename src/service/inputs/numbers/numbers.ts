import { firstNotFinite, sizeOf, type Tensor } from '../../../tensor.ts';
import { decodeBase64 } from '../files.ts';
import type { InputSpec } from '../input-spec.ts';
import { describe, invalidInput } from '../invalid-input.ts';
import type { RawTensor } from '../raw-input.ts';
import { DTYPES, type ElementType, elementTypes, floatFromJson } from './element-types.ts';
import { correctPolarity, requireInk } from './pixel-checks.ts';

/**
 * Values may exceed the range 0 to 1 by this much. Callers often convert a picture to grey as a weighted sum in float32,
 * and its rounding can give slightly more than 1.
 */
const ROUNDING = 1e-6;

const PICTURE_VALUE = 'a number from 0 to 1 for pictures (only uint8 is divided by 255)';

/** Decodes nested arrays, which must have exactly the input shape of the package. Errors point to the element. */
export function decodeNested(value: unknown, spec: InputSpec): Tensor {
  const { shape } = spec;
  const data = new Float32Array(sizeOf(shape));
  fill(data, 0, value, shape, 0, elementTypes.float32, '');
  const fault = spec.reads === 'image' ? firstOutside(data) : -1;
  if (fault >= 0) throw invalidInput(nestedPointer(fault, shape), PICTURE_VALUE, String(data[fault]));
  requireInk(data, spec, '');
  return { shape, data };
}

/** Decodes a tensor in JSON: `{shape, dtype, data}`, where `data` is base64. */
export function decodePacked(value: Readonly<Record<string, unknown>>, spec: InputSpec): Tensor {
  const unknown = Object.keys(value).find((name) => !['shape', 'dtype', 'data'].includes(name));
  if (unknown !== undefined) throw invalidInput('', 'only shape, dtype and data', describe(unknown));
  const { shape, dtype, data } = value;
  const isShape = Array.isArray(shape) && shape.length === spec.shape.length;
  if (!isShape || shape.some((dim, i) => dim !== spec.shape[i])) {
    const got = Array.isArray(shape) && shape.length <= 8 ? JSON.stringify(shape) : describe(shape);
    throw invalidInput('/shape', `[${spec.shape.join(', ')}]`, got.replaceAll(',', ', '));
  }
  const type = DTYPES.find((name) => name === dtype);
  if (!type) throw invalidInput('/dtype', `one of ${DTYPES.join(', ')}`, describe(dtype));
  if (typeof data !== 'string') throw invalidInput('/data', 'base64', describe(data));
  return decodeTensor({ type, shape: spec.shape, values: decodeBase64(data, '/data', 'base64') }, spec);
}

/**
 * Decodes a tensor of any element type, for one input or a batch. Aligned float32 bytes are not copied. For pictures,
 * uint8 is divided by 255, and all other types must have values from 0 to 1.
 */
export function decodeTensor({ type, shape, values }: RawTensor, spec: InputSpec): Tensor {
  const isBinary = values instanceof Uint8Array;
  const elementType = elementTypes[type];
  const data = isBinary
    ? numbersOfBytes(values, elementType, shape)
    : numbersOfJson(values, elementType, shape);
  if (spec.reads !== 'image') return { shape, data };
  if (type === 'uint8') {
    const pixels = data.map((value) => value / 255);
    requireInk(pixels, spec, '/data');
    correctPolarity(pixels, spec);
    return { shape, data: pixels };
  }
  const fault = firstOutside(data);
  if (fault < 0) {
    requireInk(data, spec, '/data');
    return { shape, data };
  }
  if (isBinary) throw invalidInput('/data', PICTURE_VALUE, `${data[fault]} at position ${fault}`);
  const isNested = Array.isArray(values[0]);
  throw invalidInput(
    `/data${isNested ? nestedPointer(fault, shape) : `/${fault}`}`,
    PICTURE_VALUE,
    String(data[fault]),
  );
}

/** The position of the first number outside 0 to 1; -1 if there is none. */
function firstOutside(values: Float32Array): number {
  // A plain loop: a callback per pixel takes several times as long.
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < -ROUNDING || value > 1 + ROUNDING) return i;
  }
  return -1;
}

/** Decodes the binary form of a tensor. */
export function numbersOfBytes(
  bytes: Uint8Array,
  { Elements, fromElement, wanted }: ElementType,
  shape: readonly number[],
): Float32Array {
  const width = Elements.BYTES_PER_ELEMENT;
  const size = sizeOf(shape);
  if (bytes.length !== size * width) {
    const expected = `${size * width} bytes (${size} × ${width}, of shape [${shape.join(', ')}])`;
    throw invalidInput('/data', expected, `${bytes.length} bytes`);
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
  if (fault >= 0) throw invalidInput('/data', wanted, `${elements[fault]} at position ${fault}`);
  return values;
}

/** Decodes the JSON form of a tensor: nested arrays of `shape`, or one flat array. */
export function numbersOfJson(
  data: readonly unknown[],
  type: ElementType,
  shape: readonly number[],
): Float32Array {
  if (type.fromJson === null)
    throw invalidInput('/data', 'the binary form (this type has no JSON form)', 'data in JSON');
  const size = sizeOf(shape);
  const isNested = Array.isArray(data[0]);
  // Check this before allocating memory: a few bytes can declare a huge shape.
  if (!isNested && data.length !== size) {
    throw invalidInput('/data', `${size} elements (of shape [${shape.join(', ')}])`, `${data.length}`);
  }
  if (isNested && data.length !== shape[0]) throw ragged(data, shape, 0, '/data');
  const values = new Float32Array(size);
  fill(values, 0, data, isNested ? shape : [size], 0, type, '/data');
  return values;
}

/**
 * Writes the numbers of `value` to `data`, beginning at `offset`. `value` is an array nested in the dimensions of `shape` from
 * `depth` on. Returns the next offset. `pointer` is that of the whole array; those of its parts are made only for errors.
 */
function fill(
  data: Float32Array,
  offset: number,
  value: unknown,
  shape: readonly number[],
  depth: number,
  type: ElementType,
  pointer: string,
): number {
  if (depth === shape.length) {
    write(data, offset, value, type, pointer);
    return offset + 1;
  }
  const length = shape[depth] as number;
  if (!Array.isArray(value) || value.length !== length)
    throw ragged(value, shape, depth, `${pointer}${nestedPointer(offset, shape, depth)}`);
  if (depth < shape.length - 1) {
    let next = offset;
    for (let i = 0; i < length; i++) next = fill(data, next, value[i], shape, depth + 1, type, pointer);
    return next;
  }
  const { fromJson } = type;
  const isFloat = fromJson === floatFromJson;
  for (let i = 0; i < length; i++) {
    const item: unknown = value[i];
    // Without a call per pixel in the commonest case.
    data[offset + i] = isFloat && typeof item === 'number' ? item : (fromJson?.(item) ?? Number.NaN);
    // 1e300 is a JSON number, but infinite as a float32.
    if (!Number.isFinite(data[offset + i]))
      throw invalidInput(`${pointer}${nestedPointer(offset + i, shape)}`, type.wanted, describe(item));
  }
  return offset + length;
}

function write(data: Float32Array, at: number, value: unknown, type: ElementType, pointer: string): void {
  data[at] = type.fromJson?.(value) ?? Number.NaN;
  if (!Number.isFinite(data[at])) throw invalidInput(pointer, type.wanted, describe(value));
}

function ragged(value: unknown, shape: readonly number[], depth: number, pointer: string) {
  const whole = `shape [${shape.join(', ')}]`;
  return invalidInput(
    pointer,
    `an array of ${shape[depth]} (dimension ${depth} of ${whole})`,
    describe(value),
  );
}

/** JSON pointer to the array or element with `depth` indices that holds a row-major position, in nested arrays of `shape`. */
function nestedPointer(position: number, shape: readonly number[], depth = shape.length): string {
  let [rest, pointer] = [Math.floor(position / sizeOf(shape.slice(depth))), ''];
  for (const dim of shape.slice(0, depth).toReversed()) {
    pointer = `/${rest % dim}${pointer}`;
    rest = Math.floor(rest / dim);
  }
  return pointer;
}
