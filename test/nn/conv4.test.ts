import { describe, expect, it } from 'vitest';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import { input } from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import { type Conv4Options, conv4 } from '../../src/nn/conv4.ts';
import type { Encoder } from '../../src/nn/encoder.ts';
import { parameterInputs } from '../../src/nn/parameters.ts';
import { sizeOf, type Tensor, type Tensors } from '../../src/tensor.ts';
import { createRandom } from '../../src/training/random.ts';
import { expectClose } from '../support/close.ts';

const SHAPE = [1, 28, 28] as const;
const random = createRandom(1);

function drawn(shape: readonly number[], deviation: number): Tensor {
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => deviation * random.normal()) };
}

/** Weights that differ from their initial values: no bias is 0 and no scale is 1. */
function weightsFor({ parameters }: Encoder): Tensors {
  const entries = Object.entries(parameters).map(([name, { shape, start }]) => {
    const { data } = drawn(shape, 'normal' in start ? start.normal : 0.2);
    const offset = 'constant' in start ? start.constant : 0;
    return [name, { shape, data: data.map((each) => each + offset) }] as const;
  });
  return Object.fromEntries(entries);
}

/** Runs a program of x [N, …] and the weights. */
async function run(
  encoder: Encoder,
  make: (
    params: ReturnType<typeof parameterInputs>,
    x: ReturnType<typeof input>,
  ) => Parameters<typeof program>[2],
  feeds: Tensors,
): Promise<Tensors> {
  const params = parameterInputs(encoder.parameters);
  const x = input('x', ['N', ...encoder.inputShape]);
  const session = await compile(
    encodeProgram(program('encoder', [...Object.values(params), x], make(params, x))),
  );
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}

async function encode(encoder: Encoder, weights: Tensors, x: Tensor): Promise<Tensor> {
  const { y } = await run(encoder, (params, value) => ({ y: encoder.apply(params, value) }), {
    ...weights,
    x,
  });
  return y as Tensor;
}

function row({ shape: [, ...rest], data }: Tensor, i: number): Tensor {
  const size = sizeOf(rest);
  return { shape: [1, ...rest], data: data.slice(i * size, (i + 1) * size) };
}

describe('conv4', () => {
  it.each([
    [[1, 28, 28], 64, 256],
    [[3, 84, 84], 32, 1152],
    [[3, 32, 20], 8, 32],
    [[1, 1, 1], 4, 4],
  ] as const)('maps images of [%s] with %i filters to %i features', (inputShape, filters, features) => {
    for (const normalisation of ['batch', 'none'] satisfies Conv4Options['normalisation'][]) {
      const encoder = conv4({ inputShape, filters, normalisation });
      expect(encoder.features).toBe(features);
      const x = input('x', ['N', ...inputShape]);
      expect(encoder.apply(parameterInputs(encoder.parameters), x).shape).toEqual(['N', features]);
    }
  });

  it('gives an image the same features alone as in a batch, when served', async () => {
    const encoder = conv4({ inputShape: SHAPE, normalisation: 'none' });
    const weights = weightsFor(encoder);
    const x = drawn([7, ...SHAPE], 1);
    const together = await encode(encoder, weights, x);
    for (let i = 0; i < 7; i++) {
      expectClose(
        await encode(encoder, weights, row(x, i)),
        row(together, i),
        1e-5,
        `features of image ${i}`,
      );
    }
  });

  it('depends on the batch when trained with batch statistics', async () => {
    const encoder = conv4({ inputShape: SHAPE, filters: 8, normalisation: 'batch' });
    const weights = weightsFor(encoder);
    const x = drawn([7, ...SHAPE], 1);
    const [alone, together] = [await encode(encoder, weights, row(x, 0)), await encode(encoder, weights, x)];
    const apart = alone.data.map((each, i) => Math.abs(each - (together.data[i] ?? each)));
    expect(Math.max(...apart)).toBeGreaterThan(0.1);
  });

  it('folds batch statistics into weights that give the same features', async () => {
    const trained = conv4({ inputShape: SHAPE, filters: 8, normalisation: 'batch' });
    const { encoder, statistics, fold } = trained.calibration as NonNullable<typeof trained.calibration>;
    const weights = weightsFor(trained);
    const x = drawn([20, ...SHAPE], 1);
    const measured = await run(trained, statistics, { ...weights, x });
    const folded = fold(weights, measured);
    expect(Object.keys(folded)).toEqual(Object.keys(encoder.parameters));
    expectClose(await encode(encoder, folded, x), await encode(trained, weights, x), 1e-4, 'features');
  });
});
