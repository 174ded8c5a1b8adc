import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import {
  add,
  argMin,
  exp,
  input,
  mul,
  oneHot,
  reduceMean,
  reduceSum,
  relu,
  scalar,
  sigmoid,
  sign,
  stopGradient,
  sub,
  tanh,
} from '../../src/graph/ops/index.ts';
import { topologicalOrder, type Value } from '../../src/graph/value.ts';
import { expectClose } from '../support/close.ts';
import { evaluate, type Sizes } from '../support/reference/evaluate.ts';
import { inputsOf } from '../support/reference/gradients.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';

const x = input('x', [2, 3]);
const total = (value: Value) => reduceSum(value);

/** Expects two values to agree at sampled inputs, almost to the precision of float64. */
function expectSame(actual: Value | undefined, expected: Value, sizes: Sizes = {}): void {
  if (!actual) throw new RangeError('Expected a gradient, got none');
  const feeds = sampleFeeds(inputsOf([actual, expected]), { sizes });
  const [a, b] = evaluate([actual, expected], feeds, sizes);
  expectClose(a, b, 1e-12, 'gradient');
}

describe('gradient', () => {
  it('refuses a loss that is not a scalar, and says its shape', () => {
    expect(() => gradient(x, [x])).toThrow('Expected a scalar loss, got shape [2,3]');
  });

  it('is 1 with respect to the loss itself', () => {
    const loss = total(x);
    expectSame(gradient(loss, [loss])[0], scalar(1));
  });

  it('sums over every use of a value', () => {
    const [dx] = gradient(total(add(mul(x, x), mul(x, 3))), [x]);
    expectSame(dx, add(mul(x, 2), 3));
  });

  it('is zero, in the right shape, with respect to a value that the loss does not depend on', () => {
    const n = input('n', ['N', 2]);
    const [dx, dn] = gradient(reduceSum(tanh(input('other', []))), [x, n]);
    expectSame(dx, mul(x, 0));
    expectSame(dn, mul(n, 0), { N: 4 });
  });

  it('differentiates with respect to an intermediate value and its inputs at the same time', () => {
    const middle = mul(x, x);
    const [dMiddle, dx] = gradient(total(exp(middle)), [middle, x]);
    expectSame(dMiddle, exp(middle));
    expectSame(dx, mul(exp(middle), mul(x, 2)));
  });

  it('treats the operand of stopGradient as a constant', () => {
    const [dx] = gradient(total(mul(stopGradient(tanh(x)), x)), [x]);
    expectSame(dx, tanh(x));
    const [blocked] = gradient(total(stopGradient(exp(x))), [x]);
    expectSame(blocked, mul(x, 0));
  });

  it('is zero through a sign, which is piecewise constant', () => {
    expectSame(gradient(total(sign(x)), [x])[0], mul(x, 0));
  });

  it('is zero through argMin and its one-hot row', () => {
    const row = oneHot(argMin(x), 3);
    expectSame(gradient(total(row), [x])[0], mul(x, 0));
    expectSame(gradient(total(mul(row, x)), [x])[0], row);
  });

  it('is 0 for relu at 0', () => {
    const [dx] = gradient(total(relu(x)), [x]);
    const zeros = { x: { shape: [2, 3], data: new Float64Array(6) } };
    expect(evaluate([dx as Value], zeros)[0]?.data).toEqual(new Float64Array(6));
  });

  it('divides by the size that a symbolic dimension has when the graph runs', () => {
    const n = input('n', ['N', 'M']);
    const [dn] = gradient(reduceMean(n), [n]);
    expectSame(dn, add(mul(n, 0), 1 / 16), { N: 4, M: 4 });
    expectSame(dn, add(mul(n, 0), 1 / 64), { N: 32, M: 2 });
  });

  it('can be repeated to any order: derivatives of x⁵ and of the sigmoid', () => {
    const derivative = (y: Value, order: number): Value =>
      order === 0 ? y : derivative(gradient(total(y), [x])[0] as Value, order - 1);
    const power = mul(mul(mul(mul(x, x), x), x), x);
    expectSame(derivative(power, 3), mul(mul(x, x), 60));
    expectSame(derivative(power, 5), add(mul(x, 0), 120));
    // σ‴ = σ (1 − σ) (1 − 6σ + 6σ²)
    const s = sigmoid(x);
    const third = mul(mul(s, sub(1, s)), add(sub(1, mul(s, 6)), mul(mul(s, s), 6)));
    expectSame(derivative(sigmoid(x), 3), third);
  });

  it('has a symmetric second derivative: u·H·v = v·H·u', () => {
    const y = tanh(add(mul(x, x), exp(mul(reduceMean(x, [0], { keepdims: true }), x))));
    const [dx] = gradient(total(mul(y, y)), [x]);
    const [u, v] = [input('u', [2, 3]), input('v', [2, 3])];
    const curvature = (a: Value, b: Value) => {
      const [row] = gradient(total(mul(dx as Value, a)), [x]);
      return total(mul(row as Value, b));
    };
    expectSame(curvature(u, v), curvature(v, u));
  });

  it('costs a constant number of nodes per node, at any depth', () => {
    const chain = (depth: number) => Array.from({ length: depth }).reduce<Value>((y) => tanh(y), x);
    const nodes = (depth: number) => topologicalOrder(gradient(total(chain(depth)), [x])).length;
    expect(nodes(400) - nodes(300)).toBe(nodes(300) - nodes(200));
  });
});
