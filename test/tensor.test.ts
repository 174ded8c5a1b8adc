import { describe, expect, it } from 'vitest';
import { joinRows, splitRows, tensor } from '../src/tensor.ts';

const x = tensor([5, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

describe('rows', () => {
  it.each([1, 2, 5, 9])('are unchanged after a split into parts of at most %i and a join', (most) => {
    const parts = splitRows(x, most);
    expect(parts.every(({ shape }) => (shape[0] ?? 0) <= most)).toBe(true);
    expect(parts).toHaveLength(Math.ceil(5 / most));
    expect(joinRows(parts)).toEqual(x);
  });

  it('are not copied when split', () => {
    expect(splitRows(x, 2)[1]?.data.buffer).toBe(x.data.buffer);
  });

  it('of different shapes cannot be joined', () => {
    expect(joinRows([x, tensor([1, 3], [0, 0, 0])])).toBeNull();
    expect(joinRows([x, tensor([1, 2, 1], [0, 0])])).toBeNull();
  });
});
