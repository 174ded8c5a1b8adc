import { describe, expect, it } from 'vitest';
import { tensor } from '../../../src/tensor.ts';
import { inRandomOrder } from '../../../src/training/datasets/dataset.ts';
import { createRandom } from '../../../src/training/random.ts';

describe('inRandomOrder', () => {
  const x = tensor([6, 1, 2], [0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15]);
  const y = tensor([6, 1], [0, 1, 2, 3, 4, 5]);

  it('keeps every example whole and with its label', () => {
    const shuffled = inRandomOrder({ x, y }, createRandom(2));
    expect(shuffled.x.shape).toEqual(x.shape);
    expect([...shuffled.y.data].toSorted()).toEqual([...y.data]);
    expect([...shuffled.y.data]).not.toEqual([...y.data]);
    shuffled.y.data.forEach((label, i) => {
      expect([...shuffled.x.data.subarray(2 * i, 2 * i + 2)]).toEqual([label, label + 10]);
    });
  });
});
