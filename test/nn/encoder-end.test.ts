import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import { blocksOf } from '../../src/graph/cut/blocks.ts';
import { cut } from '../../src/graph/cut/cut.ts';
import { constant, input, mul, reduceSum } from '../../src/graph/ops/index.ts';
import { substitute } from '../../src/graph/rewriting/rewrite.ts';
import type { Value } from '../../src/graph/value.ts';
import { encoderEnd } from '../../src/nn/encoder-end.ts';
import { type Params, parameterInputs } from '../../src/nn/parameters.ts';
import type { Tensors } from '../../src/tensor.ts';
import { startWeights } from '../../src/training/loop/weights.ts';
import { createRandom } from '../../src/training/random.ts';
import { expectClose } from '../support/close.ts';
import { maskedTrunk, normedTrunk, smallTrunk, tappedTrunk } from '../support/encoders/small-trunk.ts';
import { evaluate } from '../support/reference/evaluate.ts';
import { expectGradients, inputsOf, ordersOf } from '../support/reference/gradients.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';

const LENGTH = 3;
const trunks = { small: smallTrunk, tapped: tappedTrunk, masked: maskedTrunk, normed: normedTrunk };

function endOf(features: Value, blocks: number) {
  const parts = cut(features, blocksOf(features).at(-blocks)?.input as Value);
  const end = encoderEnd(parts, {
    parts: [{ name: 'all', start: 0, width: Number(features.shape[0]) }],
    length: LENGTH,
  });
  return { ...parts, end, start: startWeights(end.parameters, createRandom(1)) };
}
const constants = (weights: Tensors): Params =>
  Object.fromEntries(Object.entries(weights).map(([name, each]) => [name, constant(each)]));

describe.each(Object.entries(trunks))('the end of the %s network', (_name, trunk) => {
  const { features } = trunk();

  it.each([1, 2])('starts as the encoder, row by row: %i blocks', (blocks) => {
    const { beginning, end, start } = endOf(features, blocks);
    const rows = [1, 2, 3].map((seed) => {
      const feeds = sampleFeeds(inputsOf([features]), { seed });
      return evaluate([features, beginning], feeds);
    });
    const width = end.inputShape[0] as number;
    const data = rows.flatMap(([, middle]) => Array.from(middle?.data ?? []));
    const x = { shape: [3, width], data: Float64Array.from(data) };
    const y = end.apply(constants(start), input('q', ['N', width]));
    const expected = rows.flatMap(([whole]) => {
      const own = Array.from(whole?.data ?? []);
      const size = Math.hypot(...own);
      return own.map((each) => (LENGTH * each) / size);
    });
    const [got] = evaluate([y], { q: x }, { N: 3 });
    expectClose(got, { shape: [3, end.features], data: expected }, 1e-6);
  });

  it('has the gradients of central differences, of order 1 and 2', () => {
    const { end } = endOf(features, 1);
    const params = parameterInputs(end.parameters);
    const q = input('q', ['N', ...end.inputShape]);
    const y = reduceSum(mul(end.apply(params, q), input('c', ['N', end.features])));
    const orders = ordersOf(y, Object.values(params), 2);
    const inputs = inputsOf(orders.flatMap(({ loss, gradients }) => [loss, ...gradients]));
    const feeds = sampleFeeds(inputs, { seed: 5, sizes: { N: 2 } });
    for (const order of orders) expectGradients(order, feeds, { N: 2 });
  });
});

describe('rates', () => {
  it('are relative to the size of each channel, whatever scale a folded batch norm has given it', () => {
    const { features } = smallTrunk();
    const { end, start } = endOf(features, 1);
    const { data } = start['block2.pointwise'] as Tensors[string];
    const lengths = [0, 1, 2, 3, 4, 5].map((c) => Math.hypot(...data.subarray(4 * c, 4 * c + 4)));
    for (const each of lengths) expect(each).toBeCloseTo(1 / Math.sqrt(6), 5);
    expect(end.parameters['block2.pointwise']?.size).toBeCloseTo(1 / Math.sqrt(24), 6);
  });

  it('do not depend on a scale that two layers divide between them', () => {
    // relu(a W₁) W₂ / a computes the same; plain gradients of W₁ and W₂ differ by a².
    const gradients = [1, 50].map((factor) => {
      const { features } = rescaled(factor);
      const { end, start } = endOf(features, 1);
      const params = parameterInputs(end.parameters);
      const q = input('q', ['N', ...end.inputShape]);
      const y = end.apply(params, q);
      const loss = reduceSum(mul(y, input('c', ['N', end.features])));
      const feeds = sampleFeeds(inputsOf([loss]), { seed: 4, sizes: { N: 2 } });
      const given = Object.fromEntries(
        Object.entries(start).map(([name, { shape, data }]) => [
          name,
          { shape, data: Float64Array.from(data) },
        ]),
      );
      return evaluate(gradient(loss, Object.values(params)), { ...feeds, ...given }, { N: 2 });
    });
    gradients[0]?.forEach((each, i) => {
      expectClose(gradients[1]?.[i], each, 1e-5, `gradient ${i}`);
    });
  });
});

/** The small network whose depthwise kernel is `factor` times as large, and the pointwise one as much smaller. */
function rescaled(factor: number): { readonly features: Value } {
  const { features } = smallTrunk();
  return { features: scaleWeights(features, { 'block2.depthwise': factor, 'block2.pointwise': 1 / factor }) };
}

function scaleWeights(features: Value, factors: Readonly<Record<string, number>>): Value {
  const { weights } = cut(features, blocksOf(features).at(-1)?.input as Value);
  const places = new Map<Value, Value>(
    weights.map(({ value }) => {
      const { name = '', data } = value.attributes;
      const scaled = Float32Array.from(data as Float32Array, (w) => w * (factors[name] ?? 1));
      return [value, constant({ shape: value.shape.map(Number), data: scaled }, name)];
    }),
  );
  return substitute([features], places)[0] as Value;
}
