import { describe, expect, it } from 'vitest';
import { auroc, withOtherClasses, withUnknowns } from '../../../bench/trust/novelty/open-set.ts';
import { tensor } from '../../../src/tensor.ts';
import { classEpisodes } from '../../../src/training/datasets/class-episodes.ts';
import { createRandom } from '../../../src/training/random.ts';

describe('AUROC', () => {
  it('is the share of pairs in which the positive scores higher, and half for equal ones', () => {
    expect(auroc([3, 4], [1, 2])).toBe(1);
    expect(auroc([1, 2], [3, 4])).toBe(0);
    expect(auroc([1, 3], [2, 2])).toBe(0.5);
    expect(auroc([2, 2, 3], [2, 1])).toBe((1.5 + 1.5 + 2) / 6);
  });
});

/** Each input is the number of its class. */
const source = classEpisodes({
  name: 'numbers',
  split: 'test',
  inputShape: [1],
  counts: Array.from({ length: 9 }, () => 10),
  write: (index, _example, into) => void into.fill(index),
});
const shape = { ways: 3, shots: 2, queries: 4 };

describe('tasks with unknown inputs', () => {
  it('have queries of other classes at the end, which belong to no class', () => {
    const { support, query } = withOtherClasses(source, 2).sample(createRandom(1), shape);
    const known = new Set(support.x.data);
    expect(known.size).toBe(3);
    expect(support.y.shape).toEqual([6, 3]);
    expect(query.x.shape).toEqual([3 * 4 + 2 * 4, 1]);
    for (const [row, value] of query.x.data.entries()) {
      const sum = query.y.data.subarray(row * 3, row * 3 + 3).reduce((a, b) => a + b, 0);
      expect([known.has(value), sum]).toEqual(row < 12 ? [true, 1] : [false, 0]);
    }
  });

  it('have as many unknown inputs as queries', () => {
    const unknowns = (_: unknown, count: number) => tensor([count, 1], new Float32Array(count).fill(-1));
    const { query } = withUnknowns(source, unknowns).sample(createRandom(1), shape);
    expect(query.x.data.filter((each) => each === -1)).toHaveLength(12);
    expect(query.y.data.reduce((a, b) => a + b, 0)).toBe(12);
  });
});
