import type { Message } from './attributes.ts';

/** TensorProto.DataType by name: the types of numbers that foreign models store. */
export const storedTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
} as const;
export type StoredType = keyof typeof storedTypes;

export function storedTypeOf(dataType: number): StoredType | undefined {
  return (Object.keys(storedTypes) as StoredType[]).find((name) => storedTypes[name] === dataType);
}

/** Bytes of one element. */
export const storedBytes: Readonly<Record<StoredType, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
};

type Make = (values: readonly number[]) => ArrayBufferView;

/** The largest and the smallest number of each 64-bit type: reading them as numbers rounds them up. */
const clamped = (least: bigint, most: bigint) => (x: number) => {
  const whole = BigInt(x);
  return whole < least ? least : whole > most ? most : whole;
};
const int64 = clamped(-(2n ** 63n), 2n ** 63n - 1n);
const uint64 = clamped(0n, 2n ** 64n - 1n);

/** The field of TensorProto that holds each type as a list of numbers, and the numbers as little-endian bytes. */
const fields: Readonly<Record<StoredType, readonly [field: string, make: Make]>> = {
  float32: ['float_data', (values) => Float32Array.from(values)],
  float64: ['double_data', (values) => Float64Array.from(values)],
  int64: ['int64_data', (values) => BigInt64Array.from(values, int64)],
  uint64: ['uint64_data', (values) => BigUint64Array.from(values, uint64)],
  uint32: ['uint64_data', (values) => Uint32Array.from(values)],
  int32: ['int32_data', (values) => Int32Array.from(values)],
  int16: ['int32_data', (values) => Int16Array.from(values)],
  uint16: ['int32_data', (values) => Uint16Array.from(values)],
  // Half precision is stored as its bits.
  float16: ['int32_data', (values) => Uint16Array.from(values)],
  int8: ['int32_data', (values) => Int8Array.from(values)],
  uint8: ['int32_data', (values) => Uint8Array.from(values)],
  bool: ['int32_data', (values) => Uint8Array.from(values, (x) => (x === 0 ? 0 : 1))],
};

/** The values that a TensorProto holds as a list of numbers, as `raw_data` would hold them; null when it has none. */
export function typedValues(message: Message): Uint8Array | null {
  const type = storedTypeOf(Number(message.data_type ?? 0));
  if (!type) return null;
  const [field, make] = fields[type];
  const values = (message[field] as readonly number[] | undefined) ?? [];
  if (values.length === 0) return null;
  const { buffer, byteOffset, byteLength } = make(values);
  return new Uint8Array(buffer, byteOffset, byteLength);
}
