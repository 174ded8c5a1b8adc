import { describe, expect, it } from 'vitest';
import { fromHalf } from '../../../src/service/inputs/numbers/element-types.ts';

describe('half precision', () => {
  // The examples of IEEE 754's binary16: https://en.wikipedia.org/wiki/Half-precision_floating-point_format
  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 2 ** -14 * (1023 / 1024)],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3bff, 1 - 2 ** -11],
    [0x3c00, 1],
    [0x3c01, 1 + 2 ** -10],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])('%# is read correctly', (half, value) => {
    expect(fromHalf(half)).toBe(value);
  });

  it('is exact in single precision and keeps the order, for every finite half', () => {
    const positive = Array.from({ length: 0x7c00 }, (_, half) => fromHalf(half));
    const isWrong = (value: number, half: number) =>
      Math.fround(value) !== value ||
      !Object.is(fromHalf(half | 0x8000), -value) ||
      (half > 0 && value <= (positive[half - 1] as number));
    // One assertion: one for each half would take seconds.
    expect(positive.flatMap((value, half) => (isWrong(value, half) ? [half] : []))).toEqual([]);
  });
});
