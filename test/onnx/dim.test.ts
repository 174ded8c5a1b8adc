import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  broadcastShapes,
  type Dim,
  normalizeAxis,
  productOf,
  quotientOf,
  sameShape,
} from '../../src/onnx/dim.ts';

const dim: fc.Arbitrary<Dim> = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.constantFrom('N', 'M', '2*N', 'M*N', '6*M*N'),
);

describe('productOf', () => {
  it.each([
    [[], 1],
    [[2, 3], 6],
    [['N'], 'N'],
    [[1, 'N'], 'N'],
    [[7, 'N', 7], '49*N'],
    [['N', 'B'], 'B*N'],
    [['N', 'N'], 'N*N'],
    [['49*N', 2], '98*N'],
  ] as const)('of [%s] is %s', (dims, product) => {
    expect(productOf(dims)).toBe(product);
  });

  it('gives equal products the same string, in any order and grouping', () => {
    fc.assert(
      fc.property(fc.array(dim), fc.array(dim), (a, b) => {
        expect(productOf([...b, ...a])).toBe(productOf([...a, ...b]));
        expect(productOf([productOf(a), productOf(b)])).toBe(productOf([...a, ...b]));
      }),
    );
  });
});

describe('quotientOf', () => {
  it.each([
    [12, 4, 3],
    ['6*N', 'N', 6],
    ['6*M*N', '2*N', '3*M'],
    ['N*N', 'N', 'N'],
    ['N', 1, 'N'],
    [7, 2, null],
    ['N', 'M', null],
    [6, 'N', null],
    ['N', 'N*N', null],
  ] as const)('%s / %s is %s', (a, b, quotient) => {
    expect(quotientOf(a, b)).toBe(quotient);
  });

  it('undoes a product', () => {
    fc.assert(
      fc.property(dim, dim, (a, b) => {
        expect(quotientOf(productOf([a, b]), b)).toBe(a);
      }),
    );
  });
});

describe('broadcastShapes', () => {
  it.each([
    [[], [], []],
    [[2, 3], [], [2, 3]],
    [[2, 3], [3], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [['N', 64], [64], ['N', 64]],
    [
      ['N', 1],
      [1, 'M'],
      ['N', 'M'],
    ],
    [[1], ['49*N'], ['49*N']],
  ] as const)('of [%s] and [%s] is [%s]', (a, b, both) => {
    expect(broadcastShapes(a, b)).toEqual(both);
    expect(broadcastShapes(b, a)).toEqual(both);
  });

  it.each([
    [[2], [3]],
    [['N'], [3]],
    [['N'], ['M']],
    [
      [2, 2],
      [2, 3],
    ],
  ] as const)('refuses [%s] and [%s] and names both', (a, b) => {
    expect(() => broadcastShapes(a, b)).toThrow(`Expected shapes that broadcast, got [${a}] and [${b}]`);
  });
});

describe('sameShape', () => {
  it('compares symbols by name and shapes by rank too', () => {
    expect(sameShape(['N', 2], ['N', 2])).toBe(true);
    expect(sameShape(['N', 2], ['M', 2])).toBe(false);
    expect(sameShape([2], [2, 1])).toBe(false);
  });
});

describe('normalizeAxis', () => {
  it('counts negative axes from the end', () => {
    expect([-3, -1, 0, 2].map((axis) => normalizeAxis(axis, 3))).toEqual([0, 2, 0, 2]);
  });

  it.each([3, -4, 0.5, Number.NaN])('refuses %d of rank 3', (axis) => {
    expect(() => normalizeAxis(axis, 3)).toThrow(`Expected an axis from -3 to 2, got ${axis}`);
  });
});
