import { describe, it } from 'vitest';
import { input, mul, sub } from '../../../src/graph/ops/index.ts';
import { channelMoments, EPSILON, normalise } from '../../../src/nn/layers/normalisation.ts';
import { expectClose } from '../../support/close.ts';
import { evaluateSampled } from '../../support/reference/sampling/sample.ts';

const SIZES = { N: 4 };
const x = input('x', ['N', 3, 2, 5]);
const [gamma, beta] = [input('gamma', [3]), input('beta', [3])];

describe('normalise', () => {
  it('gives every channel mean β and variance γ² σ² / (σ² + ε)', () => {
    const before = channelMoments(x);
    const after = channelMoments(normalise(x, before, gamma, beta));
    const [mean, variance, wanted, sigma2, scale] = evaluateSampled(
      [after.mean, after.variance, beta, before.variance, mul(gamma, gamma)],
      SIZES,
    ).map(({ data }) => ({ shape: [3], data }));
    expectClose(mean, wanted, 1e-12, 'mean');
    const shrunk = (sigma2?.data ?? new Float64Array()).map(
      (each, c) => ((scale?.data[c] ?? 0) * each) / (each + EPSILON),
    );
    expectClose(variance, { shape: [3], data: shrunk }, 1e-12, 'variance');
  });

  it('does not change when its input is shifted, beyond rounding', () => {
    const shifted = sub(x, 10);
    const [a, b] = evaluateSampled(
      [x, shifted].map((each) => normalise(each, channelMoments(each), gamma, beta)),
      SIZES,
    );
    expectClose(b, a, 1e-10);
  });
});
