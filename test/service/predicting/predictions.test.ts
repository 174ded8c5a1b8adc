import { describe, expect, it } from 'vitest';
import { nested, toAnswers, toPredictions } from '../../../src/service/predicting/predict.ts';
import { tensor } from '../../../src/tensor.ts';

describe('predictions', () => {
  it('read logits in class order, row by row', () => {
    const y = tensor([2, 3], [5, 0, 0, 0, 0, 5]);
    const classes = ['10', 'a', 'b'];
    const [first, second] = toPredictions(toAnswers(y, classes), classes);
    expect([first?.label, second?.label]).toEqual(['10', 'b']);
    expect(Object.keys(first?.probabilities ?? {})).toEqual(classes);
  });

  it('nest values in the output shape', () => {
    expect(toPredictions(tensor([2, 1], [3, 4]), null)).toEqual([{ value: [3] }, { value: [4] }]);
    expect(toPredictions(tensor([1], [3]), null)).toEqual([{ value: 3 }]);
    expect(nested(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2])).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it.each([
    [[1, 1], [1, Number.NaN], 1],
    [[3, 2], [1, 1, 1, Number.POSITIVE_INFINITY, 1, 1], 1],
    [[3], [1, 1, Number.NEGATIVE_INFINITY], 2],
  ])('name the input whose answer is not finite, of shape %j', ([, ...row], data, fault) => {
    const y = tensor([data.length / (row[0] ?? 1), ...row], data);
    expect(() => toAnswers(y, null)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        details: expect.objectContaining({ item: fault }),
      }),
    );
  });
});
