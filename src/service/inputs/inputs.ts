import { InnerloopError } from '../../errors.ts';
import type { ImageDecoder } from '../../ports/image-decoder.ts';
import { firstNotFinite, sizeOf, type Tensor } from '../../tensor.ts';
import type { DecodeInput, InputSpec, RawInput } from '../service.ts';
import { describe } from './describe.ts';
import type { TakePixels } from './pixel-budget.ts';

/** Element types a packed tensor may have, all little-endian. Values are taken as they are: 255 stays 255. */
const dtypes = {
  float32: { width: 4, view: (bytes: ArrayBuffer) => new Float32Array(bytes) },
  float64: { width: 8, view: (bytes: ArrayBuffer) => new Float64Array(bytes) },
  uint8: { width: 1, view: (bytes: ArrayBuffer) => new Uint8Array(bytes) },
} as const;
export type Dtype = keyof typeof dtypes;
export const DTYPES = Object.freeze(Object.keys(dtypes) as Dtype[]);

/**
 * Turns one input, as the caller wrote it, into the network's tensor. Nothing is repaired: a value that is not
 * a finite float32, or that stands where none is expected, is refused by its JSON pointer.
 */
export function createInputDecoder(images: ImageDecoder): DecodeInput {
  return async (raw, spec, pointer, takePixels) => {
    if (raw.kind === 'nested') return decodeNested(raw.value, spec.shape, pointer);
    if (raw.kind === 'packed') return decodePacked(raw, spec.shape, pointer);
    return decodeImage(images, raw.file, spec, pointer, takePixels);
  };
}

/** Nested arrays of exactly `shape` → tensor. @throws InnerloopError `invalid_input` */
export function decodeNested(value: unknown, shape: readonly number[], pointer: string): Tensor {
  const data = new Float32Array(sizeOf(shape));
  fill(data, 0, value, shape, 0, pointer);
  return { shape, data };
}

/** Write `value`, nested from dimension `depth` on, to `data` from `offset`; answers the next offset. */
function fill(
  data: Float32Array,
  offset: number,
  value: unknown,
  shape: readonly number[],
  depth: number,
  pointer: string,
): number {
  if (depth === shape.length) {
    data[offset] = value as number;
    if (!isFloat32(value)) throw notANumber(value, pointer);
    return offset + 1;
  }
  const length = shape[depth] as number;
  if (!Array.isArray(value) || value.length !== length) throw ragged(value, shape, depth, pointer);
  if (depth < shape.length - 1) {
    let next = offset;
    for (let i = 0; i < length; i++) next = fill(data, next, value[i], shape, depth + 1, `${pointer}/${i}`);
    return next;
  }
  for (let i = 0; i < length; i++) {
    const item: unknown = value[i];
    if (!isFloat32(item)) throw notANumber(item, `${pointer}/${i}`);
    data[offset + i] = item;
  }
  return offset + length;
}

/** 1e300 is a JSON number and infinite as a float32. */
function isFloat32(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(Math.fround(value));
}

function decodePacked(
  { shape, dtype, data }: Extract<RawInput, { kind: 'packed' }>,
  expected: readonly number[],
  pointer: string,
): Tensor {
  if (shape.length !== expected.length || shape.some((dim, i) => dim !== expected[i])) {
    throw invalid(`${pointer}/shape`, `[${expected.join(', ')}]`, `[${shape.join(', ')}]`);
  }
  if (!isDtype(dtype)) throw invalid(`${pointer}/dtype`, `one of ${DTYPES.join(', ')}`, describe(dtype));
  const { width, view } = dtypes[dtype];
  const bytes = fromBase64(data);
  if (!bytes) throw invalid(`${pointer}/data`, 'base64', describe(data));
  const size = sizeOf(expected) * width;
  if (bytes.length !== size) {
    throw invalid(
      `${pointer}/data`,
      `${size} bytes (${sizeOf(expected)} × ${dtype})`,
      `${bytes.length} bytes`,
    );
  }
  // Copied, because a decoded buffer need not start on a multiple of the element's width.
  const values = Float32Array.from(view(Uint8Array.from(bytes).buffer));
  const fault = firstNotFinite(values);
  if (fault >= 0) throw invalid(`${pointer}/data`, 'finite numbers', `${values[fault]} at position ${fault}`);
  return { shape: expected, data: values };
}

function isDtype(dtype: string): dtype is Dtype {
  return Object.hasOwn(dtypes, dtype);
}

async function decodeImage(
  images: ImageDecoder,
  file: Uint8Array,
  { shape, preprocessing }: InputSpec,
  pointer: string,
  takePixels: TakePixels | undefined,
): Promise<Tensor> {
  if (preprocessing.kind !== 'image')
    throw invalid(pointer, `numbers of shape [${shape.join(', ')}]`, 'an image');
  try {
    return await images.decode(file, preprocessing, takePixels);
  } catch (error) {
    if (!(error instanceof InnerloopError)) throw error;
    throw new InnerloopError(error.code, `${error.message} at ${pointer}`, { ...error.details, pointer });
  }
}

/** The bytes of a base64 text, or null when it is not one: `Buffer.from` would skip what it does not know. */
export function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  return Buffer.from(text, 'base64');
}

function notANumber(value: unknown, pointer: string): InnerloopError {
  return invalid(pointer, 'a finite 32-bit number', describe(value));
}

function ragged(value: unknown, shape: readonly number[], depth: number, pointer: string): InnerloopError {
  const whole = `shape [${shape.join(', ')}]`;
  return invalid(pointer, `an array of ${shape[depth]} (dimension ${depth} of ${whole})`, describe(value));
}

function invalid(pointer: string, expected: string, got: string): InnerloopError {
  const message = `Expected ${expected} at ${pointer}, got ${got}`;
  return new InnerloopError('invalid_input', message, { pointer, expected, got });
}
