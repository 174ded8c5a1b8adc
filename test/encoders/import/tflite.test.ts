import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readTflite } from '../../../src/encoders/tflite/read-tflite.ts';
import { encodeModel } from '../../../src/onnx/encode.ts';
import { runOnce } from '../../support/run-once.ts';
import { evaluate } from '../tflite/evaluate.ts';
import { operators, tensors, values } from '../tflite/small-trunk.ts';
import { weighingNetwork } from '../tflite/weighing-network.ts';
import { type OperatorDraft, type TensorDraft, writeTflite } from '../tflite/write-tflite.ts';
import { importBytes } from './import-options.ts';

const bytesOf = (data: Float32Array | Int32Array) => new Uint8Array(data.buffer);
const paddings = (...sides: readonly number[]): TensorDraft => ({
  name: 'paddings',
  shape: [4, 2],
  type: 'int32',
  bytes: bytesOf(Int32Array.from(sides)),
});
const weights = (name: string, shape: readonly number[], seed: number): TensorDraft => ({
  name,
  shape,
  bytes: bytesOf(
    values(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
  ),
});

/** Padding, a convolution with RELU, the largest of windows, a mean and a classifier: the beginning and end of a ResNet. */
function classifier(
  pad = paddings(0, 0, 2, 1, 1, 2, 0, 0),
  pooling: OperatorDraft['op'] = 'MEAN',
): Uint8Array {
  const drafts: readonly TensorDraft[] = [
    { name: 'image', shape: [1, 9, 9, 3] },
    pad,
    { name: 'padded', shape: [1, 12, 12, 3] },
    weights('kernel', [4, 3, 3, 3], 1),
    weights('bias', [4], 2),
    { name: 'plane', shape: [1, 10, 10, 4] },
    { name: 'largest', shape: [1, 4, 4, 4] },
    { name: 'axes', shape: [2], type: 'int32', bytes: bytesOf(Int32Array.of(1, 2)) },
    { name: 'mean', shape: [1, 4] },
    weights('classes', [5, 4], 3),
    { name: 'logits', shape: [1, 5] },
    { name: 'probabilities', shape: [1, 5] },
  ];
  const parts: readonly OperatorDraft[] = [
    { op: 'PAD', inputs: [0, 1], outputs: [2] },
    { op: 'CONV_2D', inputs: [2, 3, 4], outputs: [5], options: { 0: 1, 1: 1, 2: 1, 3: 1 }, bytes: [0, 3] },
    {
      op: 'MAX_POOL_2D',
      inputs: [5],
      outputs: [6],
      options: { 0: 1, 1: 2, 2: 2, 3: 3, 4: 3 },
      bytes: [0, 5],
    },
    { op: pooling, inputs: [6, 7], outputs: [8] },
    { op: 'FULLY_CONNECTED', inputs: [8, 9, -1], outputs: [10] },
    { op: 'SOFTMAX', inputs: [10], outputs: [11] },
  ];
  return writeTflite(drafts, parts, [[0], [11]]);
}

/** The absent input is −1, or left out. */
const withoutBiases = operators.map((each) => {
  if (each.op === 'CONV_2D') return { ...each, inputs: [0, 1, -1] };
  return each.op === 'DEPTHWISE_CONV_2D' ? { ...each, inputs: [3, 4] } : each;
});

/** A trunk that takes a convolution of 3×3 without padding from a picture of this side. */
function withSide(side: number): Uint8Array {
  const [image, kernel, bias, first] = tensors;
  const [convolution] = operators;
  if (!image || !kernel || !bias || !first || !convolution) throw new Error('Expected a convolution');
  const drafts = [{ ...image, shape: [1, side, side, 3] }, kernel, bias, first];
  return writeTflite(drafts, [{ ...convolution, options: { 0: 1, 1: 2, 2: 2 } }], [[0], [3]]);
}

/** Features of one picture by the encoder, and by plain loops over the tflite file up to operator `tap`. */
async function bothWays(file: Uint8Array, tap: number, layer?: string) {
  const { draft, report } = await importBytes(file, 'image', layer === undefined ? {} : { layer });
  const image = values(3 * 81, 5);
  const first = Float32Array.from({ length: 243 }, (_, i) => image[(i % 81) * 3 + Math.floor(i / 81)] ?? 0);
  const feeds = { image: { type: 'float32', shape: [1, 3, 9, 9], numbers: first } } as const;
  const { features } = await runOnce(encodeModel(draft.program), feeds, ['features']);
  const picture = { height: 9, width: 9, channels: 3, data: image };
  const [plane] = evaluate(readTflite(file), picture, [tap]);
  const { height = 0, width = 0, channels = 0, data = [] } = plane ?? {};
  const means = Array.from({ length: channels }, (_, c) => {
    const sum = Array.from({ length: height * width }, (_, i) => data[i * channels + c] ?? Number.NaN);
    return sum.reduce((a, b) => a + b, 0) / (height * width);
  });
  return { report, got: Array.from(features?.numbers ?? []), means };
}

describe('importing a tflite network', () => {
  it.each([
    ['what the mean before the classifier reads', classifier(), 2, undefined, 'largest'],
    ['what a pooling reads', classifier(undefined, 'AVERAGE_POOL_2D'), 2, undefined, 'largest'],
    ['a tensor by its name', classifier(), 1, 'plane', 'plane'],
    ['blocks that weigh channels, with weights of 8 bits', weighingNetwork(), 13, undefined, 'joined'],
    ['a layer of the head', classifier(), 4, 'logits', 'logits'],
    ['the output of a trunk', writeTflite(tensors, operators, [[0], [7]]), 3, undefined, 'sum'],
    ['convolutions without biases', writeTflite(tensors, withoutBiases, [[0], [7]]), 3, undefined, 'sum'],
  ] as const)('takes %s', async (_, file, tap, layer, tensor) => {
    const { report, got, means } = await bothWays(file, tap, layer);
    expect(report).toMatchObject({ form: 'values', features: { tensor, size: means.length } });
    expect(got.length).toBe(means.length);
    for (const [i, mean] of means.entries()) expect(got[i]).toBeCloseTo(mean, 4);
  });

  it.each<[string, Uint8Array, object, RegExp]>([
    ['padding of channels', classifier(paddings(0, 0, 1, 1, 1, 1, 0, 1)), {}, /paddings of height and width/],
    ['padding without an end', classifier(paddings(0, 0, 2 ** 30, 0, 0, 0, 0, 0)), {}, /paddings/],
    ['a layer that is not there', classifier(), { layer: 'no such' }, /--layer to name a computed tensor/],
    [
      'a softmax',
      classifier(),
      { layer: 'probabilities' },
      /expected an operator of a trunk at 5, got SOFTMAX/,
    ],
    ['a picture smaller than a window', withSide(1), {}, /expected/],
    ['an empty picture', withSide(0), {}, /expected/],
    ['constants as the layer', classifier(), { layer: 'kernel' }, /--layer/],
    ['a file that ends early', classifier().subarray(0, 300), {}, /tflite model/],
  ])('refuses %s', async (_, file, change, message) => {
    await expect(importBytes(file, 'image', change)).rejects.toThrow(message);
  });

  it('refuses another kind of input', async () => {
    await expect(importBytes(classifier(), 'audio')).rejects.toThrow(/--input image with a tflite model/);
  });
});

const copy = process.env.INNERLOOP_MOBILENET_V2;

describe.skipIf(!copy)('mobilenet-v2 (needs INNERLOOP_MOBILENET_V2)', () => {
  it('gives the 1280 numbers that its classifier reads', async () => {
    const { report } = await importBytes(await readFile(copy as string), 'image');
    expect(report).toMatchObject({ form: 'values', features: { size: 1280 } });
    expect(report.difference).toBeLessThan(1e-4);
  });

  it('reads how pictures are prepared from the scale of an input of 8 bits, and the first of many names', async () => {
    const [image, kernel, bias, first] = tensors;
    const [convolution] = operators;
    if (!image || !kernel || !bias || !first || !convolution) throw new Error('Expected a convolution');
    const fileWith = (type: 'uint8' | 'int8', zero: number) =>
      writeTflite(
        [
          { ...image, type, quantization: { scales: [2 / 255], zeros: [zero], axis: 0 } },
          { name: 'quantised', shape: image.shape, type: 'int8' },
          kernel,
          bias,
          { ...first, name: 'relu;conv' },
        ],
        [
          { op: 'QUANTIZE', inputs: [0], outputs: [1] },
          { ...convolution, inputs: [1, 2, 3], outputs: [4] },
        ],
        [[0], [4]],
      );
    const prepared = { mean: [0.498039, 0.498039, 0.498039], deviation: [0.5, 0.5, 0.5] };
    for (const file of [fileWith('uint8', 127), fileWith('int8', -1)]) {
      const { report } = await importBytes(file, 'image');
      expect(report.preparation).toMatchObject(prepared);
      expect(report.features.tensor).toBe('relu');
      expect(report.notes.join('\n')).not.toContain('assumed');
    }
    const { report } = await importBytes(fileWith('uint8', 127), 'image', {
      layer: 'relu',
      preparation: { mean: [0], deviation: [1] },
    });
    expect(report.preparation).toMatchObject({ mean: [0, 0, 0], deviation: [1, 1, 1] });
  });
});
