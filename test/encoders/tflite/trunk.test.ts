import { describe, expect, it } from 'vitest';
import { createOnnxBuilder } from '../../../src/encoders/onnx-builder.ts';
import { readTflite } from '../../../src/encoders/tflite/read-tflite.ts';
import { trunk } from '../../../src/encoders/tflite/trunk.ts';
import { operators, quantisedTensors, quantisedTrunk, smallTrunk, tensors } from './small-trunk.ts';
import type { TensorDraft } from './write-tflite.ts';

function translate(file: Uint8Array) {
  const b = createOnnxBuilder('small');
  const image = { name: b.input('image', ['B', 3, 9, 9]), channels: 3, height: 9, width: 9 };
  const [sum] = trunk(b, readTflite(file), image, [readTflite(file).operators.length - 1]);
  return b.finish(sum?.name ?? '', 'y', ['B', 4, 5, 5]);
}

describe('a trunk of 8 bits', () => {
  it('has float32 weights, channels first, and no operator of 8 bits', () => {
    const { nodes, initializers } = translate(quantisedTrunk());
    expect(nodes.map(({ opType }) => opType)).toEqual(['Conv', 'Clip', 'Conv', 'Add', 'Identity']);
    const kernel = initializers.find(({ name }) => name === 'weights_1');
    expect(kernel).toMatchObject({ dims: [4, 3, 3, 3], dataType: 1 });
    const stored = new Int8Array(quantisedTensors[1]?.bytes?.slice().buffer ?? new ArrayBuffer(0));
    const values = new Float32Array(kernel?.raw.slice().buffer ?? new ArrayBuffer(0));
    // Output channel 1 has the scale 0.02: input channel 2 of its second pixel.
    expect(values[27 + 2 * 9 + 1]).toBeCloseTo(0.02 * (stored[27 + 3 + 2] ?? Number.NaN), 6);
  });

  it.each<[string, number, Partial<TensorDraft>, RegExp]>([
    [
      'bare integers as weights',
      1,
      { quantization: { scales: [], zeros: [], axis: 0 } },
      /scales of the integer/,
    ],
    [
      'scales along an axis that is not there',
      1,
      { quantization: { scales: [1, 1, 1, 1], zeros: [0, 0, 0, 0], axis: 7 } },
      /expected 0 scales and zero points, got 4 and 4/,
    ],
    [
      'fewer zero points than scales',
      2,
      { quantization: { scales: [1, 1, 1, 1], zeros: [0, 0], axis: 0 } },
      /expected 4 scales and zero points, got 4 and 2/,
    ],
    ['scales for other channels', 1, { shape: [3, 3, 3, 4] }, /expected 3 scales/],
  ])('is refused with %s', (_name, number, change, message) => {
    const file = quantisedTrunk(
      quantisedTensors.map((each, i) => (i === number ? { ...each, ...change } : each)),
    );
    expect(() => translate(file)).toThrow(message);
  });
});

it('refuses operators that share weights until they are more than a file has bytes', () => {
  const bytes = new Uint8Array(4 * 2500 * 27);
  const shared = tensors.map((each, i) => {
    if (i === 1) return { ...each, shape: [2500, 3, 3, 3], bytes };
    return i === 2 ? { ...each, shape: [2500], bytes: bytes.subarray(0, 10_000) } : each;
  });
  const [first] = operators;
  if (!first) throw new Error('Expected an operator');
  const file = smallTrunk(shared, [...Array(1000).fill(first), ...operators.slice(1)]);
  expect(() => translate(file)).toThrow(/at most 67108864 weights in all, got 7000\d{4}/);
});
