import { describe, expect, it } from 'vitest';
import { sinusoid } from '../../../src/training/datasets/sinusoid.ts';
import { evaluate } from '../../../src/training/evaluation/evaluate.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { tinyPackages } from '../../support/packages.ts';

const episodes = { ways: 1, shots: 5, queries: 5, episodes: 6, seed: 1 };

describe('evaluate', () => {
  it('counts a diverging adaptation as an infinite error, and continues', async () => {
    await using runner = createMemoryRunner();
    const measured = (rate: number) =>
      evaluate(tinyPackages.curve(), sinusoid('test'), runner, { ...episodes, steps: 60, rate });
    expect((await measured(1e20)).mean).toBe(Number.POSITIVE_INFINITY);
    expect((await measured(0.001)).mean).toBeLessThan(100);
  });
});
