import fc from 'fast-check';
import { describe, it } from 'vitest';
import { fuzz } from '../support/fuzz.ts';
import { expectGradients, inputsOf, ordersOf } from '../support/reference/gradients.ts';
import { expectOnnxToAgree } from '../support/reference/onnx.ts';
import { buildGraph, graphSpec, RANDOM_SIZES } from '../support/reference/sampling/random-graph.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';

describe('random compositions of operators', () => {
  it('have gradients that match central differences at order 1 and 2, and give the same numbers under ONNX Runtime', async () => {
    await fc.assert(
      fc.asyncProperty(graphSpec, async (spec) => {
        const { outputs, feeds } = buildGraph(spec);
        const [y] = outputs;
        const orders = ordersOf(y, inputsOf([y]), 2);
        const weights = inputsOf(orders.map(({ loss }) => loss));
        const fed = { ...sampleFeeds(weights, { sizes: RANDOM_SIZES, seed: 2 }), ...feeds };
        for (const order of orders) expectGradients(order, fed, RANDOM_SIZES);
        await expectOnnxToAgree([y, ...orders.flatMap(({ gradients }) => gradients)], fed, RANDOM_SIZES);
      }),
      fuzz(300),
    );
  });
});
