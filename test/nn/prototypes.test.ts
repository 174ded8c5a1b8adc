import { describe, expect, it } from 'vitest';
import { add, gemm, input, mul, reduceSum, reshape, sub } from '../../src/graph/ops/index.ts';
import { negativeSquaredDistances, prototypeHead, prototypes } from '../../src/nn/prototypes.ts';
import { expectClose } from '../support/close.ts';
import { evaluate } from '../support/reference/evaluate.ts';
import { evaluateSampled } from '../support/reference/sampling/sample.ts';

const [features, y] = [input('features', ['N', 2]), input('y', ['N', 'ways'])];
const [queries, centres] = [input('queries', ['B', 3]), input('centres', ['ways', 3])];
const SIZES = { B: 5, ways: 4 };

const matrix = (rows: readonly (readonly number[])[]) => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: Float64Array.from(rows.flat()),
});

describe('prototypes', () => {
  it('are the means of their classes, each example counted by its weight', () => {
    const made = prototypes(features, y);
    const [means, weights] = evaluate(
      [made.prototypes, made.weights],
      {
        features: matrix([
          [1, 2],
          [3, 4],
          [10, 0],
          [7, 6],
        ]),
        y: matrix([
          [1, 0],
          [1, 0],
          [0, 0.5],
          [0, 1.5],
        ]),
      },
      { N: 4, ways: 2 },
    );
    expect(weights?.data).toEqual(Float64Array.of(2, 2));
    expectClose(
      means,
      matrix([
        [2, 3],
        [7.75, 4.5],
      ]),
      1e-12,
    );
  });
});

describe('negativeSquaredDistances', () => {
  it('are −‖f − c‖² for every pair', () => {
    const difference = sub(reshape(queries, ['B', 1, 3]), reshape(centres, [1, 'ways', 3]));
    const direct = mul(reduceSum(mul(difference, difference), [2]), -1);
    const [actual, expected] = evaluateSampled([negativeSquaredDistances(queries, centres), direct], SIZES);
    expectClose(actual, expected, 1e-12);
  });
});

describe('prototypeHead', () => {
  it('differs from the distances by the same number for every class', () => {
    const { weight, bias } = prototypeHead(centres);
    const gap = sub(add(gemm(queries, weight), bias), negativeSquaredDistances(queries, centres));
    const norm = mul(reduceSum(mul(queries, queries), [1], { keepdims: true }), add(mul(bias, 0), 1));
    const [actual, expected] = evaluateSampled([gap, norm], SIZES);
    expectClose(actual, expected, 1e-12);
  });
});
