import { describe, expect, it } from 'vitest';
import { certaintyOf, reasonToReject } from '../../../../src/domain/trust/novelty/rejection.ts';

const certainties = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

describe('a prediction without a label', () => {
  it.each([
    ['a known and clear input', { best: 0.9, novelty: 0.3 }, null],
    ['an input unlike all examples', { best: 0.99, novelty: 0.97 }, 'unlike_examples'],
    ['an input between two labels', { best: 0.45, novelty: 0.3 }, 'ambiguous'],
    ['an input whose novelty is not known', { best: 0.9, novelty: null }, null],
  ])('with true: %s', (_what, sure, reason) => {
    expect(reasonToReject(sure, true, certainties)).toBe(reason);
    expect(reasonToReject(sure, false, certainties)).toBeNull();
  });

  it.each([
    // One of nine left-out examples is less certain than 0.2: of ten inputs like the examples, about two are.
    [0.8, 0.15, 'ambiguous'],
    [0.8, 0.25, null],
    [0.5, 0.45, 'ambiguous'],
    [0.5, 0.55, null],
    [1, 0.01, null],
  ])('with coverage %f at certainty %f', (coverage, certainty, reason) => {
    expect(reasonToReject({ best: certainty, novelty: 0 }, { coverage }, certainties)).toBe(reason);
  });

  it('with a coverage says which of both made the answer uncertain', () => {
    const reject = { coverage: 0.5 };
    expect(reasonToReject({ best: 0.9, novelty: 0.8 }, reject, certainties)).toBe('unlike_examples');
    expect(reasonToReject({ best: 0.4, novelty: 0.2 }, reject, certainties)).toBe('ambiguous');
  });

  it('rejects nothing for a coverage without left-out examples', () => {
    expect(reasonToReject({ best: 0.01, novelty: 0.5 }, { coverage: 0.5 }, [])).toBeNull();
  });

  it('is certain when the label is, and the input is known', () => {
    expect(certaintyOf({ best: 0.8, novelty: 0.5 })).toBeCloseTo(0.4);
    expect(certaintyOf({ best: 0.8, novelty: null })).toBe(0.8);
  });
});
