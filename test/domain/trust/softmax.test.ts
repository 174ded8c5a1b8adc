import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { likeliest, softmax } from '../../../src/domain/trust/softmax.ts';

describe('softmax', () => {
  it('is exp(x) / Σ exp(x)', () => {
    const [a = 0, b = 0] = softmax([0, Math.log(3)]);
    expect(a).toBeCloseTo(0.25, 12);
    expect(b).toBeCloseTo(0.75, 12);
  });

  it('sums to 1 and keeps the order for any finite logits', () => {
    const logits = fc.float32Array({ minLength: 2, maxLength: 30, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(logits, (values) => {
        const probabilities = softmax(values);
        expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
        const best = values.indexOf(values.reduce((a, b) => Math.max(a, b)));
        expect(probabilities[best]).toBe(Math.max(...probabilities));
      }),
    );
  });

  it('divides by the temperature, and keeps the label', () => {
    const [a = 0, b = 0] = softmax([0, Math.log(9)], 2, 2);
    expect(b / a).toBeCloseTo(3, 12);
    expect(likeliest(softmax([1, 3, 2], 3, 20))).toBe(1);
  });
});
