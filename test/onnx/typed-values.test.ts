import { describe, expect, it } from 'vitest';
import { decodeModel } from '../../src/onnx/decode.ts';
import { ModelProto } from '../../src/onnx/schema.ts';
import { type StoredType, storedBytes, storedTypes } from '../../src/onnx/typed-values.ts';

/** The values of an initializer as the decoder answers them. */
const rawOf = (initializer: object): Buffer =>
  Buffer.from(
    decodeModel(ModelProto.encode({ graph: { initializer: [initializer] } }).finish()).initializers[0]?.raw ??
      [],
  );

describe('values that a file holds as lists of numbers', () => {
  it.each<[StoredType, object, ArrayBufferView]>([
    ['float32', { float_data: [1.5, -2] }, Float32Array.of(1.5, -2)],
    ['float64', { double_data: [0.1, -2] }, Float64Array.of(0.1, -2)],
    ['int64', { int64_data: [3, -4] }, BigInt64Array.of(3n, -4n)],
    ['uint64', { uint64_data: [3, 4] }, BigUint64Array.of(3n, 4n)],
    ['uint32', { uint64_data: [3, 4_000_000_000] }, Uint32Array.of(3, 4_000_000_000)],
    ['int32', { int32_data: [3, -4] }, Int32Array.of(3, -4)],
    ['int8', { int32_data: [3, -4] }, Int8Array.of(3, -4)],
    ['uint8', { int32_data: [3, 250] }, Uint8Array.of(3, 250)],
    ['bool', { int32_data: [0, 1] }, Uint8Array.of(0, 1)],
    ['float16', { int32_data: [0x3c00, 0xc000] }, Uint16Array.of(0x3c00, 0xc000)],
  ])('are read as their bytes: %s', (type, content, expected) => {
    const raw = rawOf({ name: 'w', data_type: storedTypes[type], dims: [2], ...content });
    expect(raw).toEqual(Buffer.from(expected.buffer, expected.byteOffset, expected.byteLength));
    expect(raw.length).toBe(2 * storedBytes[type]);
  });

  it('keep the largest int64 as the largest, though no number is equal to it', () => {
    // model.graph.initializer: dims 1, data_type 7, int64_data of one number of nine bytes.
    const model = Buffer.from('3a112a0f080110073a09ffffffffffffffff7f', 'hex');
    const raw = Buffer.from(decodeModel(model).initializers[0]?.raw ?? []);
    expect(raw.readBigInt64LE()).toBe(2n ** 63n - 1n);
  });

  it('count as none beside raw values, and in a field of another type', () => {
    const raw_data = Buffer.from(Float32Array.of(1).buffer);
    expect(rawOf({ data_type: 1, dims: [1], raw_data, float_data: [2] })).toHaveLength(0);
    expect(rawOf({ data_type: 1, dims: [1], int64_data: [2] })).toHaveLength(0);
    expect(rawOf({ data_type: 1, dims: [1], raw_data })).toEqual(raw_data);
  });
});
