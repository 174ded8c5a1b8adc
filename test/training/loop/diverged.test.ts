import { expect, it } from 'vitest';
import { tensor } from '../../../src/tensor.ts';
import { requireFinite } from '../../../src/training/loop/diverged.ts';
import type { Training } from '../../../src/training/recipe/training.ts';

const outer = { seed: 1, iterations: 10, outerRate: 0.1 };
const episodes = { metaBatch: 1, ways: 2, shots: 1, queries: 1, rate: 0.1, lossAfter: 'last' } as const;
const withoutSteps: Training = { ...outer, ...episodes, steps: 0 };

it.each<[string, Training, string]>([
  ['inner steps', { ...outer, ...episodes, steps: 2 }, 'lower training.rate or training.outerRate'],
  ['no inner steps', withoutSteps, 'lower training.outerRate'],
  [
    'no episodes',
    { ...outer, objective: 'supervised', examples: 8, smoothing: 0 },
    'lower training.outerRate',
  ],
])('names only the rates that can change a loss: %s', (_, training, advice) => {
  expect(() => requireFinite({ loss: Number.NaN, gradients: {} }, 12, training)).toThrow(
    expect.objectContaining({
      code: 'invalid_recipe',
      message: `Expected a finite loss, got NaN in iteration 12: ${advice}`,
    }),
  );
});

it('names a weight whose gradient is not finite', () => {
  const gradients = { a: tensor([1], [1]), b: tensor([3], [0, Number.NEGATIVE_INFINITY, Number.NaN]) };
  expect(() => requireFinite({ loss: 0.5, gradients }, 12, withoutSteps)).toThrow(
    'Expected a finite gradient of b, got -Infinity in iteration 12: lower training.outerRate',
  );
  expect(() => requireFinite({ loss: 0.5, gradients: { a: gradients.a } }, 12, withoutSteps)).not.toThrow();
});
