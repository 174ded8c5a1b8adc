import { expect, it } from 'vitest';
import { inputGradient, perturbed } from '../../../bench/trust/fgsm.ts';
import { compile } from '../../../src/adapters/onnxruntime/threads/session.ts';
import { readPackage } from '../../../src/package/read.ts';
import { type Tensor, tensor } from '../../../src/tensor.ts';
import { createRandom } from '../../../src/training/random.ts';

const WAYS = 3;
const BATCH = 2;

it('differentiates the predictions of a package by their inputs', async () => {
  const pkg = await readPackage('models/omniglot-protonets');
  const session = await compile(inputGradient(pkg, BATCH, WAYS));
  const random = createRandom(3);
  const numbers = (...shape: number[]) =>
    tensor(
      shape,
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform()),
    );
  const x = numbers(BATCH, 1, 28, 28);
  const y = tensor([BATCH, WAYS], [1, 0, 0, 0, 0, 1]);
  const state = { prototypes: numbers(WAYS, 256), weights: tensor([WAYS], [1, 1, 1]) };
  const lossOf = async (at: Tensor) => (await session.run({ x: at, y, ...state })).loss?.data[0] as number;
  const { gradient } = await session.run({ x, y, ...state });
  const along = (epsilon: number) => perturbed(x, gradient as Tensor, epsilon);
  const epsilon = 1e-3;
  const slope = ((await lossOf(along(epsilon))) - (await lossOf(along(-epsilon)))) / (2 * epsilon);
  // Along the sign of the gradient, the slope is the sum of its absolute values.
  const expected = gradient?.data.reduce((sum, each) => sum + Math.abs(each), 0) as number;
  expect(expected).toBeGreaterThan(0);
  expect(slope / expected).toBeCloseTo(1, 1);
  await session.dispose();
});

it('keeps perturbed inputs within their range', () => {
  const { data } = perturbed(tensor([3], [0.05, 0.5, 0.95]), tensor([3], [-1, 2, 3]), 0.1, [0, 1]);
  [0, 0.6, 1].forEach((each, i) => {
    expect(data[i]).toBeCloseTo(each, 6);
  });
});
