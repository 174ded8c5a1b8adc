import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import { gemm, input, reduceSum } from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import { regularisedInverse, solve } from '../../src/nn/heads/inverse.ts';
import type { CompiledGraph } from '../../src/ports/training-runtime.ts';
import { type Tensor, tensor } from '../../src/tensor.ts';
import { createRandom } from '../../src/training/random.ts';
import { expectGradients, ordersOf } from '../support/reference/gradients.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';

const [z, b, lambda] = [input('z', ['N', 16]), input('b', ['N', 3]), input('lambda', [1, 1])];
const system = regularisedInverse(gemm(z, z, { transB: true }), lambda);

/** Rows of length 1 that differ by `spread` from one direction: the smaller, the worse the condition of their products. */
function rows(n: number, spread: number): Tensor {
  const random = createRandom(n);
  const data = Array.from({ length: n }, () => {
    const row = Array.from({ length: 16 }, () => 1 + spread * random.normal());
    const length = Math.hypot(...row);
    return row.map((each) => each / length);
  });
  return tensor([n, 16], data.flat());
}

describe('solving in float32', () => {
  let graph: CompiledGraph;
  beforeAll(async () => {
    graph = await compile(
      encodeProgram(program('solve', [z, b, lambda], { x: solve(system, b), a: system.matrix })),
    );
  });

  /** The package's bounds: at most 800 examples, λ of 0.2 or more. */
  it.each([1, 2, 25, 100, 400, 800])('has a residual of at most 10⁻⁵ for %i examples', async (n) => {
    const targets = tensor(
      [n, 3],
      Array.from({ length: n }, (_, i) => [0, 1, 2].map((k) => (k === i % 3 ? 2 : -1) / 3)).flat(),
    );
    const settings = [
      [0.05, 0.2],
      [0.3, 1000],
      [1, 0.2],
      [1, 3],
    ] as const;
    // Each takes seconds for many examples: there, only the two whose condition is worst and best.
    for (const [spread, regulariser] of n < 400 ? settings : settings.slice(0, 2)) {
      const { x, a } = await graph.run({
        z: rows(n, spread),
        b: targets,
        lambda: tensor([1, 1], [regulariser]),
      });
      expect(residual(a as Tensor, x as Tensor, targets)).toBeLessThan(1e-5);
    }
  });
});

/** ‖A x − b‖ / ‖b‖ in float64. */
function residual(a: Tensor, x: Tensor, b: Tensor): number {
  const [n = 0, m = 0] = b.shape;
  const [error, size] = [0, 0].map(() => ({ sum: 0 })) as [{ sum: number }, { sum: number }];
  for (let i = 0; i < n; i++)
    for (let k = 0; k < m; k++) {
      let product = 0;
      for (let j = 0; j < n; j++) product += (a.data[i * n + j] as number) * (x.data[j * m + k] as number);
      error.sum += (product - (b.data[i * m + k] as number)) ** 2;
      size.sum += (b.data[i * m + k] as number) ** 2;
    }
  return Math.sqrt(error.sum / size.sum);
}

it('is differentiated exactly, although the iteration is not', () => {
  const inputs = [z, b, lambda];
  const [order] = ordersOf(reduceSum(solve(system, b)), inputs, 1);
  if (!order) return expect.fail('Expected a first order');
  const feeds = sampleFeeds([...inputs, input('v1.0', [])], { sizes: { N: 4 }, positive: true });
  expectGradients(order, feeds, { N: 4 });
});
