import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import { averagePool, globalMaxPool, input, maxPool, mul, reduceSum } from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import type { Value } from '../../src/graph/value.ts';
import { runProgram } from '../support/reference/onnx.ts';

/** The gradient of Σ weights ⊙ y at `rows`, run by ONNX Runtime. */
async function gradientAt(
  rows: readonly (readonly number[])[],
  pool: (x: Value) => Value,
  weights: readonly number[],
): Promise<readonly number[]> {
  const x = input('x', [1, 1, rows.length, rows[0]?.length ?? 0]);
  const y = pool(x);
  const dy = input('dy', y.shape);
  const [dx] = gradient(reduceSum(mul(y, dy)), [x]);
  const results = await runProgram(program('pool', [x, dy], { dx: dx as Value }), {
    x: { shape: x.shape.map(Number), data: Float64Array.from(rows.flat()) },
    dy: { shape: y.shape.map(Number), data: Float64Array.from(weights) },
  });
  return Array.from(results.dx?.data ?? []);
}

describe('the gradient of the largest element', () => {
  it('is shared by all elements of a window that tie', async () => {
    const rows = [
      [5, 5, 0, 1],
      [5, 2, 3, 3],
    ];
    const tiles = await gradientAt(rows, (x) => maxPool(x, [2, 2], { strides: [2, 2] }), [6, 10]);
    expect(tiles).toEqual([2, 2, 0, 0, 2, 0, 5, 5]);
    const whole = await gradientAt(rows, globalMaxPool, [12]);
    expect(whole).toEqual([4, 4, 0, 0, 4, 0, 0, 0]);
  });

  it('adds the shares of windows that overlap', async () => {
    const overlapping = await gradientAt([[1, 7, 7, 7]], (x) => maxPool(x, [1, 2]), [1, 8, 4]);
    expect(overlapping).toEqual([0, 1 + 4, 4 + 2, 2]);
  });

  it('does not count padding that equals the largest element', async () => {
    const padded = (x: Value) => maxPool(x, [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] });
    const zeros = await gradientAt(
      [
        [0, -1, -1],
        [0, -1, -1],
        [-1, -1, 0],
      ],
      padded,
      [4, 6, 8, 2],
    );
    // Windows: two zeros; four times −1; one zero; one zero.
    expect(zeros).toEqual([2, 1.5, 1.5, 2 + 8, 1.5, 1.5, 0, 0, 2]);
  });

  it('leaves elements that no window reads at zero', async () => {
    const skipping = await gradientAt(
      [[1, 9, 2, 9, 3, 9, 9]],
      (x) => maxPool(x, [1, 1], { strides: [1, 3] }),
      [2, 3, 4],
    );
    expect(skipping).toEqual([2, 0, 0, 3, 0, 0, 4]);
  });
});

describe('the gradient of a mean', () => {
  it('is divided by the number of elements that count', async () => {
    const options = { strides: [1, 2], pads: [0, 1, 0, 1] };
    const inside = await gradientAt([[1, 2, 3]], (x) => averagePool(x, [1, 3], options), [6, 6]);
    expect(inside).toEqual([3, 6, 3]);
    const all = (x: Value) => averagePool(x, [1, 3], { ...options, countIncludePad: true });
    expect(await gradientAt([[1, 2, 3]], all, [6, 6])).toEqual([2, 4, 2]);
  });
});
