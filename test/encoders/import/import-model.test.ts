import { describe, expect, it } from 'vitest';
import type { ForeignTensor } from '../../../src/encoders/import/options.ts';
import { encodeModel } from '../../../src/onnx/encode.ts';
import { writeEncoder } from '../../../src/package/encoder/write-encoder.ts';
import { createRandom } from '../../../src/training/random.ts';
import { runOnce } from '../../support/run-once.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { importBytes } from './import-options.ts';
import { Builder } from './network-builder.ts';
import { networks, residualNetwork, soundNetwork, textTransformer, visionTransformer } from './networks.ts';

describe('importing a model', () => {
  it.each(Object.entries(networks))('reads %s as the original computes it', async (_, make) => {
    const { kind, bytes, tap, features } = make();
    const { draft, report } = await importBytes(bytes, kind, { preparation: { maxTokens: 12 } });
    expect(report.features).toMatchObject({ tensor: tap, size: features });
    expect(report.form).toBe('values');
    expect(report.difference).toBeLessThan(1e-5);
    const encoder = await writeEncoder(await scratchFolder(), draft);
    expect(encoder.manifest).toMatchObject({ name: 'imported', features, license: 'NOASSERTION' });
  });

  it.each(Object.entries(networks))('computes each row of %s alone', async (_, make) => {
    const { kind, bytes, features } = make();
    const { draft } = await importBytes(bytes, kind, { preparation: { maxTokens: 12 } });
    const random = createRandom(3);
    const sizesOf = (shape: readonly (number | string)[]) =>
      shape.map((size) => (typeof size === 'number' ? size : 12));
    const row = (scale: number) =>
      Object.fromEntries(
        draft.facts.inputs.map(({ name, shape, dtype = 'float32' }) => {
          const size = sizesOf(shape).reduce((product, dim) => product * dim, 1);
          const draw = () => (dtype === 'int64' ? Math.floor(2 * random.uniform()) : scale * random.normal());
          return [name, Array.from({ length: size }, draw)];
        }),
      );
    const embed = async (rows: readonly Readonly<Record<string, readonly number[]>>[]) => {
      const feeds = draft.facts.inputs.map(
        ({ name, shape, dtype = 'float32' }): readonly [string, ForeignTensor] => {
          const numbers = rows.flatMap((each) => each[name] ?? []);
          const held = dtype === 'int64' ? Float64Array.from(numbers) : Float32Array.from(numbers);
          return [name, { type: dtype, shape: [rows.length, ...sizesOf(shape)], numbers: held }];
        },
      );
      return (await runOnce(encodeModel(draft.program), Object.fromEntries(feeds), ['features'])).features
        ?.numbers;
    };
    const [first, other, large] = [row(1), row(1), row(100)];
    const [alone, together] = [await embed([first, other]), await embed([first, large, other])];
    const [a, b] = [alone?.subarray(0, features), together?.subarray(0, features)];
    expect(a).toHaveLength(features);
    for (const [i, each] of (a ?? []).entries()) expect(b?.[i]).toBeCloseTo(each, 5);
  });

  it('computes products in 8 bits, whose scale is that of each row, as the original does for one example', async () => {
    const b = new Builder(12);
    const stored = (shape: readonly number[]) =>
      b.constant({ shape, numbers: Array.from({ length: shape[0] as number }, () => 0), type: 'uint8' });
    const matrix = b.constant({
      shape: [9, 6],
      numbers: Array.from({ length: 54 }, (_, i) => (i * 91) % 256),
      type: 'uint8',
    });
    const [q, scale, zero] = ['q', 'scale', 'zero'];
    b.several('DynamicQuantizeLinear', ['x'], [q, scale, zero]);
    const whole = b.node('MatMulInteger', [q, matrix, zero, stored([1])]);
    b.node(
      'Mul',
      [b.node('Cast', [whole], { to: 1 }), b.node('Mul', [scale, b.scalar(0.01)])],
      {},
      'features',
    );
    const info = (name: string, size: number) => ({ name, elementType: 1, shape: ['batch', size] });
    const bytes = b.finish([info('x', 9)], [info('features', 6)], 14);
    const { report } = await importBytes(bytes, 'vector');
    expect(report).toMatchObject({ form: 'values', features: { size: 6 } });
    expect(report.difference).toBeLessThan(1e-5);
  });

  it('reads the tensor or node that is named, and pools it', async () => {
    const { bytes, kind } = residualNetwork();
    const named = await importBytes(bytes, kind, { layer: 'MaxPool_3' });
    expect(named.report.features).toEqual({ tensor: 'MaxPool_3', size: 6, pooling: 'mean over the picture' });
    await expect(importBytes(bytes, kind, { layer: 'fc' })).rejects.toThrow(
      /expected --layer to name a tensor or node/,
    );
  });

  it('pools the tokens of a text by its mask, those of a picture by their mean or their first, and a sound over time', async () => {
    const text = textTransformer();
    const pooled = await importBytes(text.bytes, 'text', { preparation: { maxTokens: 12 } });
    expect(pooled.report.features.pooling).toBe('mean over the tokens of the text');
    const vision = visionTransformer();
    for (const [pooling, words] of [
      ['mean', 'mean over all tokens'],
      ['first', 'first token'],
    ] as const) {
      const { report } = await importBytes(vision.bytes, 'image', { pooling, layer: 'tokens' });
      expect(report.features).toEqual({ tensor: 'tokens', size: 8, pooling: words });
    }
    const sound = await importBytes(soundNetwork().bytes, 'audio');
    expect(sound.report.features).toEqual({ tensor: 'sound', size: 8, pooling: 'mean over time' });
  });

  const transposed = (b: Builder, x: string) => b.node('Transpose', [x], { perm: [0, 2, 1] });

  it.each<[string, (b: Builder, x: string) => string]>([
    ['a leaky ReLU', (b, x) => b.node('LeakyRelu', [x], { alpha: { float: 0.1 } }, 'sound')],
    ['an ELU', (b, x) => b.node('Elu', [x], {}, 'sound')],
    ['a CELU', (b, x) => b.node('Celu', [x], { alpha: { float: 2 } }, 'sound')],
    ['a ReLU6', (b, x) => b.node('Clip', [x, b.scalar(0), b.scalar(6)], {}, 'sound')],
    ['a GELU', (b, x) => b.node('Identity', [b.gelu(x)], {}, 'sound')],
    ['a slope for each channel', (b, x) => b.node('PRelu', [x, b.weights(8, 1)], {}, 'sound')],
    ['a batch norm', (b, x) => b.node('Identity', [b.batchNorm(x, 8)], {}, 'sound')],
    [
      'an instance norm',
      (b, x) => b.node('InstanceNormalization', [x, b.weights(8), b.weights(8)], {}, 'sound'),
    ],
    [
      'a norm of the channels',
      (b, x) => b.node('Transpose', [b.layerNorm(transposed(b, x), 8)], { perm: [0, 2, 1] }, 'sound'),
    ],
    ['a part of the frames', (b, x) => b.node('Slice', [x, b.ints(1), b.ints(23), b.ints(2)], {}, 'sound')],
  ])('pools a sound over time after a convolution and %s', async (_, ending) => {
    const { report } = await importBytes(soundNetwork(ending).bytes, 'audio', { layer: 'sound' });
    expect(report.features).toEqual({ tensor: 'sound', size: 8, pooling: 'mean over time' });
  });

  it('pools a sound whose channels are last over its frames', async () => {
    const { bytes } = soundNetwork((b, x) => b.node('Relu', [transposed(b, x)], {}, 'sound'));
    const { report } = await importBytes(bytes, 'audio', { layer: 'sound' });
    expect(report.features).toEqual({ tensor: 'sound', size: 8, pooling: 'mean over all tokens' });
  });

  it('takes lengths and padding of texts from the options and the tokenizer', async () => {
    const { draft } = await importBytes(textTransformer().bytes, 'text', { preparation: { maxTokens: 16 } });
    expect(draft.facts.preparation).toEqual({
      kind: 'text',
      maxTokens: 16,
      tokens: { ids: 'ids', mask: 'mask', types: 'types', pad: 3 },
    });
    expect(draft.facts.inputs).toEqual(
      ['ids', 'mask', 'types'].map((name) => ({ name, shape: ['T'], dtype: 'int64' })),
    );
    await expect(importBytes(textTransformer().bytes, 'text', { files: {} })).rejects.toThrow(
      /tokenizer.json beside/,
    );
  });

  it('takes the preparation of pictures from the file beside the model, and options first', async () => {
    const config = Buffer.from(
      JSON.stringify({
        image_processor_type: 'ViTImageProcessor',
        size: { height: 16, width: 16 },
        resample: 3,
        image_mean: [0.1, 0.2, 0.3],
        image_std: [0.5, 0.5, 0.5],
      }),
    );
    const files = { 'preprocessor_config.json': config };
    const { bytes } = residualNetwork();
    const { draft } = await importBytes(bytes, 'image', { files, preparation: { deviation: [0.25] } });
    expect(draft.facts.preparation).toMatchObject({
      size: 16,
      fit: 'fill',
      interpolation: 'bicubic',
      mean: [0.1, 0.2, 0.3],
      deviation: [0.25, 0.25, 0.25],
    });
    const other = { 'preprocessor_config.json': Buffer.from(String(config).replaceAll('16', '24')) };
    await expect(importBytes(bytes, 'image', { files: other })).rejects.toThrow(
      /pictures of 16 pixels|16 × 16 pixels/,
    );
  });

  it('refuses a kind of input that the model does not have', async () => {
    const { bytes } = residualNetwork();
    await expect(importBytes(bytes, 'text')).rejects.toThrow(/expected input image to be tokens/);
    const withTokens = importBytes(bytes, 'text', { preparation: { maxTokens: 24 } });
    await expect(withTokens).rejects.toThrow(/expected input image to be tokens/);
    await expect(importBytes(bytes, 'audio')).rejects.toThrow(/expected input image to be samples/);
    await expect(importBytes(soundNetwork().bytes, 'image')).rejects.toThrow(
      /expected input samples to be pictures/,
    );
  });
});
