import { describe, expect, it } from 'vitest';
import { readWeights } from '../../../src/encoders/tfjs/read-weights.ts';

type Entry = Readonly<Record<string, unknown>>;

const modelOf = (weights: readonly Entry[], paths = ['shard1', 'shard2']) =>
  Buffer.from(JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths, weights }] }));

const read = (weights: readonly Entry[], bytes: Uint8Array, paths?: string[]) =>
  readWeights(
    modelOf(weights, paths),
    new Map([
      ['shard1', bytes.subarray(0, 3)],
      ['shard2', bytes.subarray(3)],
    ]),
  );

const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

describe('readWeights', () => {
  it('reads weights that lie across shards', () => {
    const weights = read(
      [
        { name: 'a', shape: [2], dtype: 'float32' },
        { name: 'b', shape: [], dtype: 'float32' },
      ],
      floats(1.5, -2, 3),
    );
    expect(weights.get('a')).toEqual({ shape: [2], values: Float32Array.of(1.5, -2) });
    expect(weights.get('b')).toEqual({ shape: [], values: Float32Array.of(3) });
  });

  it.each([
    ['int32', {}, new Uint8Array(Int32Array.of(7, -1).buffer), [7, -1]],
    ['bool', {}, Uint8Array.of(0, 1), [0, 1]],
    ['float32', { dtype: 'float16' }, new Uint8Array(Uint16Array.of(0x3c00, 0xc100).buffer), [1, -2.5]],
    ['float32', { dtype: 'uint8', scale: 0.5, min: -1 }, Uint8Array.of(0, 255), [-1, 126.5]],
    [
      'float32',
      { dtype: 'uint16', scale: 2, min: 1 },
      new Uint8Array(Uint16Array.of(0, 300).buffer),
      [1, 601],
    ],
  ])('reads %s quantised as %j', (dtype, quantization, bytes, values) => {
    const entry = { name: 'w', shape: [2], dtype, ...('dtype' in quantization && { quantization }) };
    expect(Array.from(read([entry], bytes).get('w')?.values ?? [])).toEqual(values);
  });

  it.each([
    [
      'more values than bytes',
      [{ name: 'a', shape: [2], dtype: 'float32' }],
      /expected 8 bytes for a \[2\], got 4/,
    ],
    ['a shape of 2⁶⁰ values', [{ name: 'a', shape: [2 ** 30, 2 ** 30], dtype: 'bool' }], /for a .* got 4/],
    [
      'bytes that no weight reads',
      [{ name: 'a', shape: [1], dtype: 'bool' }],
      /expected 1 bytes of weights, got 4/,
    ],
    [
      'a negative size',
      [{ name: 'a', shape: [-1], dtype: 'float32' }],
      /shape\/0: expected a whole number from 0/,
    ],
    ['an unknown type', [{ name: 'a', shape: [1], dtype: 'string' }], /dtype: expected "float32"/],
    [
      'a name twice',
      [
        { name: 'a', shape: [0], dtype: 'bool' },
        { name: 'a', shape: [4], dtype: 'bool' },
      ],
      /expected each name once, got a twice/,
    ],
  ])('refuses %s', (_, weights, message) => {
    expect(() => read(weights, floats(1))).toThrow(message);
  });

  it('refuses a shard that is missing, and one that is named twice', () => {
    expect(() => read([], floats(1), ['other'])).toThrow('expected the shard other, got nothing');
    expect(() => read([], floats(1), ['shard1', 'shard1'])).toThrow('expected each name once');
  });

  it('refuses what is not JSON or not a model', () => {
    expect(() => readWeights(Buffer.from('{'), new Map())).toThrow('expected JSON');
    expect(() => readWeights(Buffer.from('{}'), new Map())).toThrow('/weightsManifest: expected a list');
  });
});
