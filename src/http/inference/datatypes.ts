import { fromHalf } from './half.ts';

/** A typed array over bytes that are not copied. */
type Elements = (new (
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
) => ArrayLike<number> | ArrayLike<bigint>) & { readonly BYTES_PER_ELEMENT: number };

/** How elements become float32, which is what networks take. Whatever is not one becomes NaN. */
export interface Datatype {
  readonly Elements: Elements;
  /** Absent where the element is the number. */
  readonly fromElement?: (element: number | bigint) => number;
  /** Null where the type has no form in JSON. */
  readonly fromJson: ((value: unknown) => number) | null;
  /** An element, in the words of an error. */
  readonly wanted: string;
}

const real = (Elements: Elements): Datatype => ({
  Elements,
  fromJson: (value) => (typeof value === 'number' ? value : Number.NaN),
  wanted: 'a finite 32-bit number',
});

const integer = (Elements: Elements, min: number, max: number): Datatype => ({
  Elements,
  fromJson: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : Number.NaN,
  wanted: `an integer from ${min} to ${max}`,
});

/** 64 bits hold integers that no double does. They are refused, in JSON too, where they come rounded already. */
const safeInteger = (Elements: Elements, min: number): Datatype => ({
  ...integer(Elements, min, Number.MAX_SAFE_INTEGER),
  fromElement: (element) => (Number.isSafeInteger(Number(element)) ? Number(element) : Number.NaN),
});

/** By name. Values are taken as they are, 255 stays 255, and rounded to float32 where it cannot tell them apart. */
export const datatypes: Readonly<Record<string, Datatype>> = Object.freeze({
  BOOL: {
    Elements: Uint8Array,
    fromElement: (element) => (element === 0 || element === 1 ? element : Number.NaN),
    fromJson: (value) => (typeof value === 'boolean' ? Number(value) : Number.NaN),
    wanted: 'true or false, as a byte 1 or 0',
  },
  UINT8: integer(Uint8Array, 0, 2 ** 8 - 1),
  UINT16: integer(Uint16Array, 0, 2 ** 16 - 1),
  UINT32: integer(Uint32Array, 0, 2 ** 32 - 1),
  UINT64: safeInteger(BigUint64Array, 0),
  INT8: integer(Int8Array, -(2 ** 7), 2 ** 7 - 1),
  INT16: integer(Int16Array, -(2 ** 15), 2 ** 15 - 1),
  INT32: integer(Int32Array, -(2 ** 31), 2 ** 31 - 1),
  INT64: safeInteger(BigInt64Array, Number.MIN_SAFE_INTEGER),
  FP16: {
    Elements: Uint16Array,
    fromElement: (element) => fromHalf(Number(element)),
    fromJson: null,
    wanted: 'a finite 16-bit number',
  },
  FP32: real(Float32Array),
  FP64: real(Float64Array),
} satisfies Record<string, Datatype>);
