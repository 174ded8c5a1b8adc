import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import {
  add,
  input,
  matMul,
  mul,
  reduceMean,
  reduceSum,
  stopGradient,
  sub,
  tanh,
} from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { expectClose } from '../support/close.ts';
import { evaluate, type Sizes } from '../support/reference/evaluate.ts';
import { expectGradients, inputsOf } from '../support/reference/gradients.ts';
import { expectOnnxToAgree } from '../support/reference/onnx.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';

type Weights = readonly Value[];
type Loss = (weights: Weights, x: Value, y: Value) => Value;

const SIZES: Sizes = { N: 3, Q: 4 };
const rate = input('rate', []);
const support = [input('support_x', ['N', 2]), input('support_y', ['N', 1])] as const;
const query = [input('query_x', ['Q', 2]), input('query_y', ['Q', 1])] as const;

/** Two layers with a tanh between them, under the mean squared error. */
const theta = [input('w1', [2, 3]), input('b1', [3]), input('w2', [3, 1]), input('b2', [1])] as const;
const network: Loss = ([w1, b1, w2, b2], x, y) => {
  const hidden = tanh(add(matMul(x, w1 as Value), b1 as Value));
  const error = sub(add(matMul(hidden, w2 as Value), b2 as Value), y);
  return reduceMean(mul(error, error));
};

/** θₖ₊₁ = θₖ − α ∇L(θₖ; support), `steps` times; at order 1 the gradients are constants for the outer one. */
function adapt(loss: Loss, weights: Weights, steps: number, order: 1 | 2): Weights {
  if (steps === 0) return weights;
  const grads = gradient(loss(weights, ...support), weights);
  const moved = weights.map((w, i) => {
    const grad = grads[i] as Value;
    return sub(w, mul(rate, order === 1 ? stopGradient(grad) : grad));
  });
  return adapt(loss, moved, steps - 1, order);
}

const outerLoss = (steps: number, order: 1 | 2): Value =>
  network(adapt(network, theta, steps, order), ...query);

function valuesOf(values: readonly Value[]) {
  return evaluate(values, sampleFeeds(inputsOf(values), { sizes: SIZES }), SIZES);
}

function expectSame(actual: readonly Value[], expected: readonly Value[]): void {
  const both = valuesOf([...actual, ...expected]);
  actual.forEach((_, i) => {
    const [a, b] = [both[i], both[actual.length + i]];
    expectClose(a, b, 1e-12, `gradient ${i}`);
  });
}

describe('the gradient through an unrolled inner loop', () => {
  it.each([1, 2, 3])(
    'matches central differences through all of %i steps, with respect to θ and the rate',
    (steps) => {
      const loss = outerLoss(steps, 2);
      const wrt = [...theta, rate];
      const feeds = sampleFeeds(inputsOf([loss]), { sizes: SIZES });
      expectGradients({ loss, wrt, gradients: gradient(loss, wrt) }, feeds, SIZES);
    },
  );

  it('is the plain gradient of the query loss when there are no steps', () => {
    expectSame(gradient(outerLoss(0, 2), theta), gradient(network(theta, ...query), theta));
  });

  it('at order 1 is the gradient of the query loss at the adapted weights', () => {
    const adapted = adapt(network, theta, 2, 1);
    const loss = network(adapted, ...query);
    expectSame(gradient(loss, theta), gradient(loss, adapted));
  });

  it('at order 1 adapts to the same weights, but differs from order 2', () => {
    const [first, second] = [outerLoss(2, 1), outerLoss(2, 2)];
    expectSame([first], [second]);
    const [a, b] = valuesOf([gradient(first, theta)[0] as Value, gradient(second, theta)[0] as Value]);
    expect(Math.max(...(a?.data ?? []).map((x, i) => Math.abs(x - (b?.data[i] ?? x))))).toBeGreaterThan(0.01);
  });

  it('is the same at both orders when the inner loss is linear in the weights', () => {
    const linear: Loss = ([w], x, y) => reduceMean(sub(matMul(x, w as Value), y));
    const square: Loss = ([w], x, y) => {
      const error = sub(matMul(x, w as Value), y);
      return reduceMean(mul(error, error));
    };
    const weights = [input('w', [2, 1])];
    const outer = (order: 1 | 2) => square(adapt(linear, weights, 2, order), ...query);
    expectSame(gradient(outer(2), weights), gradient(outer(1), weights));
  });

  it('contracts by 1 − αa at every step on a quadratic ½ a (w − b)²', () => {
    const [w, a, b] = [input('w', [3]), input('a', [3]), input('b', [3])];
    const quadratic: Loss = ([v]) => {
      const offset = sub(v as Value, b);
      return mul(reduceSum(mul(a, mul(offset, offset))), 0.5);
    };
    const adapted = adapt(quadratic, [w], 2, 2)[0] as Value;
    const factor = sub(1, mul(rate, a));
    const twice = mul(factor, factor);
    expectSame([adapted], [add(b, mul(twice, sub(w, b)))]);
    expectSame(gradient(quadratic([adapted], ...support), [w]), [mul(mul(a, mul(twice, twice)), sub(w, b))]);
  });

  it('with respect to the rate of one step is −⟨∇L(θ; support), ∇L(θ₁; query)⟩', () => {
    const adapted = adapt(network, theta, 1, 2);
    const loss = network(adapted, ...query);
    const grads = gradient(network(theta, ...support), theta);
    const products = gradient(loss, adapted).map((each, i) => reduceSum(mul(each, grads[i] as Value)));
    expectSame(gradient(loss, [rate]), [mul(products.reduce(add), -1)]);
  });

  it('gives the same numbers under ONNX Runtime, for any number of examples', async () => {
    const loss = outerLoss(3, 2);
    const values = [loss, ...gradient(loss, [...theta, rate])];
    for (const sizes of [SIZES, { N: 1, Q: 1 }, { N: 5, Q: 5 }]) {
      await expectOnnxToAgree(values, sampleFeeds(inputsOf(values), { sizes }), sizes);
    }
  });
});
