import fc from 'fast-check';
import { describe, it } from 'vitest';
import { conv, convTranspose, convWeightGradient, input, mul, reduceSum } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { expectClose } from '../support/close.ts';
import { fuzz } from '../support/fuzz.ts';
import { evaluate } from '../support/reference/evaluate.ts';
import { inputsOf } from '../support/reference/gradients.ts';
import { expectOnnxToAgree } from '../support/reference/onnx.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';

const upTo = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

const geometry = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    group: fc.integer({ min: 1, max: 2 }),
    /** Channels and filters of one group; with many of them the weight gradient is lowered in another way. */
    perGroup: fc.tuple(fc.constantFrom(1, 2, 17), fc.integer({ min: 1, max: 2 })),
    size: upTo(2, 6),
    kernel: upTo(1, 3),
    strides: upTo(1, 3),
    dilations: upTo(1, 2),
    pads: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
  })
  .filter(({ size, kernel, dilations, pads }) =>
    [0, 1].every((i) => {
      const span = (dilations[i] as number) * ((kernel[i] as number) - 1) + 1;
      return span <= (size[i] as number) + (pads[i] as number) + (pads[i + 2] as number);
    }),
  );

describe('a convolution and its adjoints', () => {
  it('agree on every inner product: ⟨conv(x, w), y⟩ = ⟨x, convTranspose(y, w)⟩ = ⟨w, convWeightGradient(x, y)⟩', async () => {
    await fc.assert(
      fc.asyncProperty(geometry, async ({ batch, group, perGroup, size, kernel, ...options }) => {
        const [channels, filters] = perGroup.map((each) => each * group) as [number, number];
        const x = input('x', [batch, channels, ...size]);
        const w = input('w', [filters, perGroup[0], ...kernel]);
        const forward = conv(x, w, undefined, { group, ...options });
        const y = input('y', forward.shape);
        const values: readonly Value[] = [
          reduceSum(mul(forward, y)),
          reduceSum(mul(convTranspose(y, w, size, { group, ...options }), x)),
          reduceSum(mul(convWeightGradient(x, y, kernel, { group, ...options }), w)),
        ];
        const feeds = sampleFeeds(inputsOf(values));
        const [expected, ...products] = evaluate(values, feeds);
        for (const product of products) expectClose(product, expected, 1e-12, 'product');
        await expectOnnxToAgree(values, feeds);
      }),
      fuzz(200),
    );
  });
});
