import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import { input, reduceSum } from '../../src/graph/ops/index.ts';
import { topologicalOrder, type Value } from '../../src/graph/value.ts';
import type { Shape } from '../../src/onnx/dim.ts';
import { evaluate, evaluateAll } from '../support/reference/evaluate.ts';
import { expectGradients, inputsOf, ordersOf } from '../support/reference/gradients.ts';
import { expectOnnxToAgree } from '../support/reference/onnx.ts';
import { sampleFeeds, settle } from '../support/reference/sampling/sample.ts';
import { type Case, SIZES } from './cases/case.ts';
import { cases } from './cases/cases.ts';
import { discreteCases } from './cases/discrete-cases.ts';

function buildCase({ shapes, build }: Case) {
  const [a, b, c] = ['a', 'b', 'c'].map((name, i) => input(name, shapes[i] ?? []));
  const y = build(a as Value, b as Value, c as Value);
  const used = inputsOf([y]);
  return { y, orders: ordersOf(y, used, 2) };
}

const isSymbolic = (shape: Shape) => shape.some((dim) => typeof dim === 'string');

describe.each(Object.entries(cases))('gradient of %s', (op, ofOp) => {
  const named = ofOp.map((each) => ({ ...each, of: each.shapes.map((shape) => `[${shape}]`).join(' ') }));

  it.each(named)(
    'matches central differences at order 1 and 2, and ONNX Runtime in float32: $of',
    async (given) => {
      const { y, orders } = buildCase(given);
      expect(topologicalOrder([y]).map((each) => each.op)).toContain(op);
      const values = [y, ...orders.flatMap(({ gradients }) => gradients)];
      const all = values.concat(orders.map(({ loss }) => loss));
      const feeds = sampleFeeds(inputsOf(all), { sizes: SIZES, ...given });
      const results = evaluateAll(all, feeds, SIZES);
      for (const order of orders) expectGradients(order, feeds, SIZES, results);
      await expectOnnxToAgree(values, feeds, SIZES, results);
    },
  );

  it.each(named.filter(({ shapes }) => shapes.some(isSymbolic)))(
    'is the same when every dimension is known: $of',
    async (given) => {
      const { y, orders } = buildCase({
        ...given,
        shapes: given.shapes.map((shape) => settle(shape, SIZES)),
      });
      const values = [y, ...orders.flatMap(({ gradients }) => gradients)];
      await expectOnnxToAgree(values, sampleFeeds(inputsOf(values), { ...given }));
    },
  );
});

describe.each(Object.entries(discreteCases))('%s', (op, ofOp) => {
  const named = ofOp.map((each) => ({ ...each, of: each.shapes.map((shape) => `[${shape}]`).join(' ') }));

  it.each(named)('agrees with ONNX Runtime, and its gradient is zero: $of', async ({ shapes, build }) => {
    const [a, b, c] = ['a', 'b', 'c'].map((name, i) => input(name, shapes[i] ?? []));
    const y = build(a as Value, b as Value, c as Value);
    expect(topologicalOrder([y]).map((each) => each.op)).toContain(op);
    const xs = inputsOf([y]);
    const feeds = sampleFeeds(xs, { sizes: SIZES });
    await expectOnnxToAgree([y], feeds, SIZES);
    for (const { data } of evaluate(gradient(reduceSum(y), xs), feeds, SIZES))
      expect(data.every((dx) => dx === 0)).toBe(true);
  });
});
