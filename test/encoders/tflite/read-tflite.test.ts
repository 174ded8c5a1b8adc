import { ByteBuffer } from 'flatbuffers';
import { describe, expect, it, vi } from 'vitest';
import { readTflite } from '../../../src/encoders/tflite/read-tflite.ts';
import { operators, quantisedTensors, quantisedTrunk, smallTrunk, tensors, values } from './small-trunk.ts';
import type { TensorDraft } from './write-tflite.ts';

const withTensor = (number: number, change: Partial<TensorDraft>) =>
  smallTrunk(tensors.map((each, i) => (i === number ? { ...each, ...change } : each)));

describe('readTflite', () => {
  it('reads tensors, operators and their options', () => {
    const model = readTflite(smallTrunk());
    expect(model.inputs).toEqual([0]);
    expect(model.outputs).toEqual([7]);
    expect(model.tensors.map(({ name, shape, type }) => ({ name, shape, type: type.name }))).toEqual(
      tensors.map(({ name, shape }) => ({ name, shape, type: 'float32' })),
    );
    expect(model.operators.map(({ op, inputs, outputs }) => ({ op, inputs, outputs }))).toEqual(
      operators.map(({ op, inputs, outputs }) => ({ op, inputs, outputs })),
    );
    expect(model.operators[0]?.options?.int(2)).toBe(2);
    expect(model.operators[0]?.options?.int(4, 1)).toBe(1);
    expect(model.tensors[1]?.constant?.()).toEqual(values(108, 1));
    expect(model.tensors[0]?.constant).toBeUndefined();
  });

  it('reads weights of half precision', () => {
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff);
    const file = withTensor(1, { shape: [5], type: 'float16', bytes: new Uint8Array(halves.buffer) });
    const got = readTflite(file).tensors[1]?.constant?.();
    expect([...(got ?? [])]).toEqual([1, -2, 0.333251953125, 2 ** -24, 65504]);
  });

  it('dequantises weights, with one scale or one for each channel of an axis', () => {
    const bytes = new Uint8Array(Int8Array.of(1, 2, 3, -4, -5, 127).buffer);
    const of = (shape: readonly number[], quantization: NonNullable<TensorDraft['quantization']>) => {
      const model = readTflite(withTensor(1, { shape, type: 'int8', bytes, quantization }));
      return [...(model.tensors[1]?.constant?.() ?? [])];
    };
    expect(of([6], { scales: [0.5], zeros: [1], axis: 0 })).toEqual([0, 0.5, 1, -2.5, -3, 63]);
    expect(of([2, 3], { scales: [1, 2], zeros: [0, 1], axis: 0 })).toEqual([1, 2, 3, -10, -12, 252]);
    expect(of([2, 3], { scales: [1, 2, 4], zeros: [0, 0, 0], axis: 1 })).toEqual([1, 4, 12, -4, -10, 508]);
  });

  it('reads no list of scales until its weights are needed', () => {
    const scales = Array<number>(100_000).fill(1);
    const file = Buffer.from(withTensor(1, { quantization: { scales, zeros: [], axis: 0 } }));
    const reads = vi.spyOn(ByteBuffer.prototype, 'readFloat32');
    const model = readTflite(file);
    expect(model.tensors[1]?.isReal).toBe(true);
    expect(reads).not.toHaveBeenCalled();
    reads.mockRestore();
  });

  it.each([
    [
      'a shape larger than its bytes',
      { shape: [1000, 3, 3, 3] },
      /expected 108000 bytes of kernel \[1000,3,3,3\], got 432/,
    ],
    [
      'a shape smaller than its bytes',
      { shape: [1, 3, 3, 3] },
      /expected 108 bytes of kernel \[1,3,3,3\], got 432/,
    ],
    ['a shape without end', { shape: [65_536, 65_536] }, /at most 67108864 values, got \[65536,65536\]/],
    ['a negative shape', { shape: [-4, 3, 3, 3] }, /at most 67108864 values, got \[-4,3,3,3\]/],
    ['more axes than a tensor has', { shape: Array(65).fill(1) }, /at most 64 elements at \d+, got 65/],
    ['another type than its bytes', { type: 'float16' }, /expected 216 bytes of kernel \[4,3,3,3\], got 432/],
  ] as const)('refuses a tensor with %s', (_name, change, message) => {
    expect(() => readTflite(withTensor(1, change))).toThrow(message);
  });

  it('refuses scales for other channels than the tensor has', () => {
    const quantization = { scales: [1, 2], zeros: [0, 0], axis: 0 };
    const bytes = new Uint8Array(108);
    const { tensors: read } = readTflite(withTensor(1, { type: 'int8', bytes, quantization }));
    expect(read[1]?.constant).toThrow(/expected 4 scales and zero points, got 2 and 2/);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('refuses the scale %d', (scale) => {
    const quantization = { scales: [scale], zeros: [0], axis: 0 };
    const bytes = new Uint8Array(108);
    const { tensors: read } = readTflite(withTensor(1, { type: 'int8', bytes, quantization }));
    expect(read[1]?.constant).toThrow(/expected finite scales from 0, got/);
  });

  it('tells real numbers from bare integers', () => {
    const withoutScales = quantisedTensors.map(({ quantization: _, ...each }) => each);
    const isReal = (file: Uint8Array) => [1, 2, 4, 5].map((i) => readTflite(file).tensors[i]?.isReal);
    expect(isReal(smallTrunk())).toEqual([true, true, true, true]);
    expect(isReal(quantisedTrunk())).toEqual([true, true, true, true]);
    expect(isReal(quantisedTrunk(withoutScales))).toEqual([false, false, false, false]);
  });

  it('refuses numbers of tensors and operators that are not there', () => {
    const first = operators.slice(0, 1);
    const unknownTensor = smallTrunk(tensors, [...first, { op: 'ADD', inputs: [3, 99], outputs: [7] }]);
    expect(() => readTflite(unknownTensor)).toThrow(/expected a tensor below 9, got 99/);
  });

  it.each([
    ['an empty file', new Uint8Array(), /expected the identifier TFL3, got ""/],
    ['another file', Buffer.from('<!doctype html><html>'), /expected the identifier TFL3, got "ctyp"/],
    ['only a header', Buffer.from('\x20\0\0\0TFL3', 'latin1'), /expected 4 bytes at 32, got a file of 8/],
  ])('refuses %s', (_name, file, message) => {
    expect(() => readTflite(file)).toThrow(message);
  });

  it('refuses a file that ends early, wherever it ends', () => {
    const file = smallTrunk();
    const first = readTflite(file).tensors.length;
    expect(first).toBe(9);
    for (let length = 8; length < file.length; length += 7) {
      expect(() => readTflite(file.subarray(0, length))).toThrow(/tflite model: expected/);
    }
  });
});
