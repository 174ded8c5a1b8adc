import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import {
  abs,
  clip,
  constant,
  div,
  greater,
  input,
  leakyRelu,
  maximum,
  minimum,
  mul,
  pow,
  reduceL2,
  reduceMax,
  reduceMin,
  reduceProd,
  reduceSum,
  relu,
  sqrt,
  where,
} from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import type { Value } from '../../src/graph/value.ts';
import { tensor } from '../../src/tensor.ts';
import { runProgram } from '../support/reference/onnx.ts';

const x = input('x', [4]);
const POWER = constant(tensor([], [1 / 3]), 'power');
const POWERS = constant(tensor([4], [0, 1 / 3, 1 / 3, 1]));

/** ∂ Σ f(x) / ∂x at these numbers, by ONNX Runtime in float32, and the derivative of Σ (∂ Σ f / ∂x)². */
async function derivativesAt(f: (x: Value) => Value, numbers: readonly number[]) {
  const [first] = gradient(reduceSum(f(x)), [x]) as [Value];
  const [second] = gradient(reduceSum(mul(first, first)), [x]) as [Value];
  const feeds = { x: { shape: [4], data: Float64Array.from(numbers) } };
  const made = await runProgram(program('f', [x], { first, second }), feeds);
  return { first: Array.from(made.first?.data ?? []), second: Array.from(made.second?.data ?? []) };
}

describe('the derivative where an operator has none, or several', () => {
  it.each<[string, (x: Value) => Value, readonly number[], readonly number[]]>([
    ['a root of 0', sqrt, [0, 4, 1, 0], [0, 0.25, 0.5, 0]],
    ['a cube root of 0', (x) => pow(x, 1 / 3), [0, 8, 1, 0], [0, 1 / 12, 1 / 3, 0]],
    ['a power between 1 and 2 of 0', (x) => pow(x, 1.5), [0, 4, 1, 0], [0, 3, 1.5, 0]],
    ['a power ½ of 0', (x) => pow(x, 0.5), [0, 4, 1, 0], [0, 0.25, 0.5, 0]],
    ['a power 0', (x) => pow(x, 0), [0, 4, 1, -2], [0, 0, 0, 0]],
    ['a power of a weight', (x) => pow(x, POWER), [0, 8, 1, 0], [0, 1 / 12, 1 / 3, 0]],
    ['a masked root', (x) => where(greater(x, 0), pow(x, 1 / 3), 0), [-8, 8, 1, 0], [0, 1 / 12, 1 / 3, 0]],
    ['powers of each', (x) => pow(x, POWERS), [0, 8, 0, 0], [0, 1 / 12, 0, 1]],
    ['a norm of zeros', (x) => sqrt(reduceSum(mul(x, x))), [0, 0, 0, 0], [0, 0, 0, 0]],
    ['a norm of zeros, as one operator', (x) => reduceL2(x), [0, 0, 0, 0], [0, 0, 0, 0]],
    ['a norm of numbers', (x) => reduceL2(x), [3, 0, 4, 0], [0.6, 0, 0.8, 0]],
    ['a normalised zero', (x) => div(x, maximum(reduceL2(x), 0.25)), [0, 0, 0, 0], [4, 4, 4, 4]],
    ['a magnitude at 0', abs, [0, -2, 2, 0], [0, -1, 1, 0]],
    ['a bound', (x) => clip(x, { min: -1, max: 1 }), [-1, 1, 2, 0], [0, 0, 0, 1]],
    ['a kink', (x) => leakyRelu(relu(x), 0.5), [0, -1, 1, 2], [0, 0, 1, 1]],
    ['operands that tie', (x) => maximum(x, mul(x, 1), 2), [2, 3, 1, 0], [2 / 3, 1, 0, 0]],
    ['the smaller of two', (x) => minimum(x, 1), [0, 1, 2, 3], [1, 0.5, 0, 0]],
    ['elements that tie', (x) => reduceMax(x), [5, 5, 1, 0], [0.5, 0.5, 0, 0]],
    ['the smallest elements', (x) => reduceMin(x), [1, 5, 1, 1], [1 / 3, 0, 1 / 3, 1 / 3]],
    ['a product with a zero', (x) => reduceProd(x), [0, 2, 3, 4], [24, 0, 0, 0]],
    ['a product with two zeros', (x) => reduceProd(x), [0, 2, 0, 4], [0, 0, 0, 0]],
  ])('is finite, also at order 2: %s', async (_, f, numbers, expected) => {
    const { first, second } = await derivativesAt(f, numbers);
    expected.forEach((dx, i) => {
      expect(first[i]).toBeCloseTo(dx, 5);
    });
    expect(second.every(Number.isFinite)).toBe(true);
  });
});
