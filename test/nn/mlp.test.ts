import { describe, expect, it } from 'vitest';
import { add, input, matMul, relu } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { parameterInputs, weightOf } from '../../src/nn/parameters.ts';
import { expectClose } from '../support/close.ts';
import { evaluateSampled } from '../support/reference/sampling/sample.ts';

const net = mlp([3, 5, 4, 2]);
const params = parameterInputs(net.parameters);
const x = input('x', ['N', 3]);

describe('mlp', () => {
  it('maps [N, first] to [N, last], with a weight and a bias for each layer', () => {
    expect(net).toMatchObject({ inputShape: [3], features: 2 });
    expect(net.apply(params, x).shape).toEqual(['N', 2]);
    const shapes = Object.fromEntries(
      Object.entries(net.parameters).map(([name, { shape }]) => [name, shape]),
    );
    expect(shapes).toEqual({
      'dense1.weight': [3, 5],
      'dense1.bias': [5],
      'dense2.weight': [5, 4],
      'dense2.bias': [4],
      'dense3.weight': [4, 2],
      'dense3.bias': [2],
    });
  });

  it('has rectifiers between its layers and none after the last', () => {
    const layer = (h: Value, i: number) =>
      add(matMul(h, weightOf(params, `dense${i}.weight`)), weightOf(params, `dense${i}.bias`));
    const byHand = layer(relu(layer(relu(layer(x, 1)), 2)), 3);
    const [actual, expected] = evaluateSampled([net.apply(params, x), byHand], { N: 4 });
    expectClose(actual, expected, 1e-12);
    expect(Math.min(...(actual?.data ?? []))).toBeLessThan(0);
  });

  it('names a weight that is missing', () => {
    const { 'dense2.bias': _, ...others } = params;
    expect(() => net.apply(others, x)).toThrow(
      'Expected a weight dense2.bias, got dense1.weight, dense1.bias, ',
    );
  });
});
