import { expect, it } from 'vitest';
import { diverged } from '../../../src/training/loop/diverged.ts';
import type { Training } from '../../../src/training/recipe/training.ts';

const outer = { seed: 1, iterations: 10, outerRate: 0.1 };
const episodes = { metaBatch: 1, ways: 2, shots: 1, queries: 1, rate: 0.1, lossAfter: 'last' } as const;

it.each<[string, Training, string]>([
  ['inner steps', { ...outer, ...episodes, steps: 2 }, 'lower training.rate or training.outerRate'],
  ['no inner steps', { ...outer, ...episodes, steps: 0 }, 'lower training.outerRate'],
  [
    'no episodes',
    { ...outer, objective: 'supervised', examples: 8, smoothing: 0 },
    'lower training.outerRate',
  ],
])('names only the rates that can change a loss: %s', (_, training, advice) => {
  const { code, message } = diverged(Number.NaN, 12, training);
  expect(code).toBe('invalid_recipe');
  expect(message).toBe(`Expected a finite loss, got NaN in iteration 12: ${advice}`);
});
