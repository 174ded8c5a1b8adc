import { describe, expect, it } from 'vitest';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import { input } from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import { kernelRidge } from '../../src/nn/heads/kernel-ridge.ts';
import { KERNELS, kernelsOf, unitsOf } from '../../src/nn/heads/kernels.ts';
import { standardised, standardOf } from '../../src/nn/heads/standardise.ts';
import { type Tensor, tensor } from '../../src/tensor.ts';
import { createRandom } from '../../src/training/random.ts';

const LAMBDAS = [1, 0.1, 0.01];
const column = (values: readonly number[]) => tensor([values.length, 1], values);

/** Runs the regressions for rows x [n, d], standardised as if each counted once, with targets y [n, 1]; predicts `queries`. */
async function regress(x: Tensor, y: Tensor, weights: Tensor, queries: Tensor) {
  const inputs = {
    x: input('x', ['N', 'd']),
    y: input('y', ['N', 1]),
    weights: input('weights', ['N', 1]),
    once: input('once', ['N', 1]),
    queries: input('queries', ['B', 'd']),
  };
  const standard = standardOf(inputs.x, inputs.once);
  const [rows, others] = [standardised(inputs.x, standard), standardised(inputs.queries, standard)];
  const units = unitsOf(rows, inputs.once);
  const gram = kernelsOf(rows, rows, units);
  const fits = kernelRidge(
    { gram, targets: inputs.y, weights: inputs.weights, removed: inputs.weights },
    LAMBDAS,
  );
  const outputs = { gram, across: kernelsOf(others, rows, units), ...fits };
  const session = await compile(encodeProgram(program('fit', Object.values(inputs), outputs)));
  return session.run({ x, y, weights, once: ones, queries });
}

const random = createRandom(5);
const [n, d] = [30, 4];
const x = tensor(
  [n, d],
  Array.from({ length: n * d }, () => random.normal()),
);
const y = column(
  Array.from({ length: n }, (_, i) => Math.sin(3 * (x.data[i * d] ?? 0)) + 0.1 * random.normal()),
);
const ones = column(Array(n).fill(1));
const at = (each: Tensor, ...index: readonly number[]) =>
  each.data[index.reduce((offset, i, axis) => offset * (each.shape[axis] ?? 1) + i, 0)] ?? Number.NaN;

describe('kernelRidge', () => {
  it('solves (K + λI) β = y as precisely as float32 can hold β', async () => {
    const { gram, coefficients } = (await regress(x, y, ones, x)) as Record<string, Tensor>;
    if (!gram || !coefficients) throw new Error('Expected all outputs');
    const size = Math.hypot(...y.data);
    for (const [l, lambda] of LAMBDAS.entries())
      for (const k of KERNELS.keys()) {
        const beta = (i: number) => at(coefficients, l * KERNELS.length + k, i, 0);
        const residuals = Array.from({ length: n }, (_, i) => {
          let left = lambda * beta(i) - at(y, i, 0);
          for (let j = 0; j < n; j++) left += at(gram, k, i, j) * beta(j);
          return left;
        });
        // Rounding β, which grows with 1/λ, leaves this much.
        expect(Math.hypot(...residuals) / size).toBeLessThan(1e-6 / lambda);
      }
  });

  it('predicts a left-out example as the regression without it does', async () => {
    const all = (await regress(x, y, ones, x)) as Record<string, Tensor>;
    // A weight near 0 leaves the example out.
    const without = column(ones.data.map((one, i) => (i === 7 ? 1e-9 : one)) as unknown as number[]);
    const rest = (await regress(x, y, without, x)) as Record<string, Tensor>;
    const { across, coefficients } = rest;
    if (!across || !coefficients || !all.leftOut) throw new Error('Expected all outputs');
    for (const head of Array.from({ length: LAMBDAS.length * KERNELS.length }, (_, i) => i)) {
      let prediction = 0;
      for (let j = 0; j < n; j++)
        prediction += at(across, head % KERNELS.length, 7, j) * at(coefficients, head, j, 0);
      expect(Math.abs(prediction - at(all.leftOut, head, 7, 0))).toBeLessThan(1e-3);
    }
  });
});

describe('standardise', () => {
  it('scales numbers, only centres flags, and drops what does not vary', async () => {
    const values = tensor([4, 3], [10, 0, 7, 20, 0, 7, 30, 1, 7, 40, 0, 7]);
    const [px, weights] = [input('x', ['N', 'd']), input('weights', ['N', 1])];
    const { scale, mean } = standardOf(px, weights);
    const z = standardised(px, { scale, mean });
    const session = await compile(encodeProgram(program('p', [px, weights], { z, scale })));
    const out = (await session.run({ x: values, weights: column([1, 1, 1, 1]) })) as Record<string, Tensor>;
    expect([...(out.scale?.data ?? [])].map((each) => Number(each.toFixed(4)))).toEqual([0.0894, 1, 0]);
    const [first = 0, flag = 0, constant] = out.z?.data ?? [];
    expect(first).toBeCloseTo(-1.3416 / Math.sqrt(1 + (1.3416 / 3) ** 2), 3);
    expect(flag).toBeCloseTo(-0.25, 2);
    expect(constant).toBe(0);
  });
});
