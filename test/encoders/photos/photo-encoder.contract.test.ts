import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/adapters/onnxruntime/threads/session.ts';
import { buildEncoder } from '../../../src/encoders/build-encoder.ts';
import { createOnnxBuilder } from '../../../src/encoders/onnx-builder.ts';
import { OBJECTRON, tfliteIn } from '../../../src/encoders/photos/objectron.ts';
import { photoEncoder } from '../../../src/encoders/photos/photo-encoder.ts';
import { OBJECTRON_LAYERS, photosBuilder } from '../../../src/encoders/photos/photos-builder.ts';
import { readTflite } from '../../../src/encoders/tflite/read-tflite.ts';
import { trunk } from '../../../src/encoders/tflite/trunk.ts';
import { encodeModel } from '../../../src/onnx/encode.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { evaluate, type Picture } from '../tflite/evaluate.ts';
import { quantisedTrunk, smallTrunk, values } from '../tflite/small-trunk.ts';

/** [channels, height, width] → [height, width, channels] */
function channelsLast(planes: Float32Array, channels: number, height: number, width: number): Picture {
  const area = height * width;
  const data = planes.map((_, i) => planes[(i % channels) * area + Math.floor(i / channels)] as number);
  return { channels, height, width, data };
}

function furthest(a: Float32Array, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}

describe('a trunk in ONNX', () => {
  it.each([
    ['floats', smallTrunk(), 9],
    ['floats', smallTrunk(), 8],
    ['floats', smallTrunk(), 5],
    ['weights of 8 bits', quantisedTrunk(), 9],
    ['weights of 8 bits', quantisedTrunk(), 6],
  ])('computes what a tflite file with %s says', async (_name, file, side) => {
    const model = readTflite(file);
    const b = createOnnxBuilder('small');
    const plane = { name: b.input('image', ['B', 3, side, side]), channels: 3, height: side, width: side };
    const [sum] = trunk(b, model, plane, [3]);
    if (!sum) throw new Error('Expected a tap');
    const onnx = encodeModel(b.finish(sum.name, 'y', ['B', sum.channels, sum.height, sum.width]));
    const session = await compile(onnx);
    const image = values(3 * side * side, 5);
    const { y } = await session.run({ image: { shape: [1, 3, side, side], data: image } });
    const [expected] = evaluate(model, channelsLast(image, 3, side, side), [3]);
    if (!y || !expected) throw new Error('Expected an output');
    const got = channelsLast(y.data, sum.channels, sum.height, sum.width);
    expect([got.height, got.width]).toEqual([expected.height, expected.width]);
    expect(furthest(got.data, expected.data)).toBeLessThan(1e-5);
    await session.dispose();
  });
});

describe('the photo encoder', async () => {
  const file = await readFile(`node_modules/@mediapipe/objectron/${OBJECTRON.file}`);
  const model = readTflite(tfliteIn(file));
  const { program, features } = photoEncoder(model, OBJECTRON_LAYERS);
  const PHOTO_SIDE = OBJECTRON_LAYERS.side;
  const size = 3 * PHOTO_SIDE ** 2;
  /** A picture of slow waves, as photos are; noise would drive the network out of the range it knows. */
  const picture = (seed: number) =>
    Float32Array.from({ length: size }, (_, i) => Math.sin(seed + (i % PHOTO_SIDE) / (5 + seed) + i / 9000));

  it('computes what the tflite file says', { timeout: 60_000 }, async () => {
    const session = await compile(encodeModel(program));
    const image = picture(1);
    const { features: got } = await session.run({
      image: { shape: [1, 3, PHOTO_SIDE, PHOTO_SIDE], data: image },
    });
    const taps = evaluate(model, channelsLast(image, 3, PHOTO_SIDE, PHOTO_SIDE), OBJECTRON_LAYERS.taps);
    const expected = taps.flatMap(({ channels, height, width, data }) => {
      const sums = new Float64Array(channels);
      for (const [i, value] of data.entries()) sums[i % channels] = (sums[i % channels] ?? 0) + value;
      const means = Array.from(sums, (sum) => sum / (height * width));
      return means.map((mean) => mean / Math.hypot(...means));
    });
    if (!got) throw new Error('Expected features');
    expect(got.shape).toEqual([1, features]);
    expect(features).toBe(640);
    expect(furthest(got.data, expected)).toBeLessThan(1e-4);
    await session.dispose();
  });

  it('computes each row of a batch by itself', async () => {
    const session = await compile(encodeModel(program));
    const rows = [picture(1), picture(2), new Float32Array(size), picture(3)];
    const shape = [PHOTO_SIDE, PHOTO_SIDE];
    const together = await session.run({
      image: { shape: [rows.length, 3, ...shape], data: Float32Array.from(rows.flatMap((row) => [...row])) },
    });
    for (const [i, row] of rows.entries()) {
      const { features: alone } = await session.run({ image: { shape: [1, 3, ...shape], data: row } });
      const got = together.features?.data.subarray(i * features, (i + 1) * features);
      if (!alone || !got) throw new Error('Expected features');
      expect(furthest(alone.data, got)).toBeLessThan(1e-5);
    }
    await session.dispose();
  });

  it('is built from the pinned file, the same each time, with its weights in a file of their own', async () => {
    const build = async () => buildEncoder(await scratchFolder(), photosBuilder);
    const [first, second] = [await build(), await build()];
    expect(second.manifest).toEqual(first.manifest);
    expect(first.manifest.sources).toMatchObject([{ sha256: `sha256:${OBJECTRON.sha256}` }]);
    const [graph, weights] = await Promise.all(
      ['embed.onnx', 'weights.bin'].map(async (name) => (await stat(join(first.folder, name))).size),
    );
    expect(graph).toBeLessThan(100_000);
    expect(weights).toBeGreaterThan(7_000_000);
  });
});
