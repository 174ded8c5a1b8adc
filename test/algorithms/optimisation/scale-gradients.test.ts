import { describe, expect, it } from 'vitest';
import { scaleGradient } from '../../../src/algorithms/optimisation/scale-gradients.ts';
import { input } from '../../../src/graph/ops/index.ts';
import { evaluate } from '../../support/reference/evaluate.ts';

/** The formula of Ravi & Larochelle 2017, §3.2, with p = 10. */
const expected = (x: number) =>
  Math.abs(x) >= Math.exp(-10) ? [Math.log(Math.abs(x)) / 10, Math.sign(x)] : [-1, Math.exp(10) * x];

describe('scaleGradient', () => {
  it('equals the formula of the paper for small and large gradients', () => {
    const values = [-1000, -1, -0.02, -5e-5, -4e-5, -1e-7, 0, 1e-9, 4.5e-5, 4.6e-5, 0.3, 12];
    const x = input('x', [values.length]);
    const [size, direction] = evaluate(scaleGradient(x), {
      x: { shape: [values.length], data: Float64Array.from(values) },
    });
    values.forEach((value, i) => {
      const [first, second] = expected(value);
      expect(size?.data[i], `size of ${value}`).toBeCloseTo(first as number, 5);
      expect(direction?.data[i], `direction of ${value}`).toBeCloseTo(second as number, 5);
    });
  });
});
