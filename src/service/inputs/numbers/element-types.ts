/** The constructor of a typed array that is a view of a buffer. */
type Elements = (new (
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
) => ArrayLike<number> | ArrayLike<bigint>) & { readonly BYTES_PER_ELEMENT: number };

/** How elements become float32, the type that networks take. An element that is not a finite number becomes NaN. */
export interface ElementType {
  readonly Elements: Elements;
  /** Absent if the element needs no conversion. */
  readonly fromElement?: (element: number | bigint) => number;
  /** Null if the type has no JSON form. */
  readonly fromJson: ((value: unknown) => number) | null;
  /** The text for error messages: what an element of this type must be. */
  readonly wanted: string;
}

/** The JSON form of floats. */
export function floatFromJson(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

const real = (Elements: Elements): ElementType => ({
  Elements,
  fromJson: floatFromJson,
  wanted: 'a finite 32-bit number',
});

const integer = (Elements: Elements, min: number, max: number): ElementType => ({
  Elements,
  fromJson: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : Number.NaN,
  wanted: `an integer from ${min} to ${max}`,
});

/** 64-bit integers that a double cannot hold exactly are refused. In JSON, they have been rounded before we see them. */
const safeInteger = (Elements: Elements, min: number): ElementType => ({
  ...integer(Elements, min, Number.MAX_SAFE_INTEGER),
  fromElement: (element) => (Number.isSafeInteger(Number(element)) ? Number(element) : Number.NaN),
});

/** Element types by name. Values are rounded to float32. */
export const elementTypes = Object.freeze({
  bool: {
    Elements: Uint8Array,
    fromElement: (element) => (element === 0 || element === 1 ? element : Number.NaN),
    fromJson: (value) => (typeof value === 'boolean' ? Number(value) : Number.NaN),
    wanted: 'true or false, as a byte 1 or 0',
  },
  uint8: integer(Uint8Array, 0, 2 ** 8 - 1),
  uint16: integer(Uint16Array, 0, 2 ** 16 - 1),
  uint32: integer(Uint32Array, 0, 2 ** 32 - 1),
  uint64: safeInteger(BigUint64Array, 0),
  int8: integer(Int8Array, -(2 ** 7), 2 ** 7 - 1),
  int16: integer(Int16Array, -(2 ** 15), 2 ** 15 - 1),
  int32: integer(Int32Array, -(2 ** 31), 2 ** 31 - 1),
  int64: safeInteger(BigInt64Array, Number.MIN_SAFE_INTEGER),
  float16: {
    Elements: Uint16Array,
    fromElement: (element) => fromHalf(Number(element)),
    fromJson: null,
    wanted: 'a finite 16-bit number',
  },
  float32: real(Float32Array),
  float64: real(Float64Array),
} satisfies Record<string, ElementType>);

export type ElementTypeName = keyof typeof elementTypes;

/** Element types of packed tensors in JSON bodies. */
export const DTYPES = Object.freeze(['float32', 'float64', 'uint8'] as const);

/** Converts IEEE 754 half precision (1 sign bit, 5 exponent bits with bias 15, 10 fraction bits) to a number. It is exact. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
