import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import { input } from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import type { Value } from '../../src/graph/value.ts';
import { crossEntropy, meanSquaredError } from '../../src/nn/losses.ts';
import { expectClose } from '../support/close.ts';
import { evaluate } from '../support/reference/evaluate.ts';
import { runProgram } from '../support/reference/onnx.ts';

type Rows = readonly (readonly number[])[];

const [z, y] = [input('z', ['N', 'ways']), input('y', ['N', 'ways'])];
const matrix = (rows: Rows) => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: Float64Array.from(rows.flat()),
});

/** A loss and its gradient with respect to the first operand, in float64. */
function lossOf(loss: (z: Value, y: Value) => Value, logits: Rows, targets: Rows) {
  const value = loss(z, y);
  const feeds = { z: matrix(logits), y: matrix(targets) };
  const sizes = { N: logits.length, ways: logits[0]?.length ?? 0 };
  const [result, grads] = evaluate([value, gradient(value, [z])[0] as Value], feeds, sizes);
  return { loss: result?.data[0] ?? Number.NaN, grads };
}

const softmax = (row: readonly number[]) => {
  const total = row.reduce((sum, each) => sum + Math.exp(each), 0);
  return row.map((each) => Math.exp(each) / total);
};
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** Logits, a class for each row, and a weight for each row; some weight is not zero. */
const weighted = fc
  .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 6 }))
  .chain(([ways, rows]) => {
    const real = fc.double({ min: -4, max: 4, noNaN: true });
    const row = fc.record({
      logits: fc.array(real, { minLength: ways, maxLength: ways }),
      label: fc.nat(ways - 1),
      weight: fc.constantFrom(0, 0.25, 0.5, 1, 3),
    });
    return fc.array(row, { minLength: rows, maxLength: rows });
  })
  .filter((rows) => rows.some(({ weight }) => weight > 0));

describe('crossEntropy', () => {
  it('is log(ways) if all logits of a row are equal', () => {
    expect(lossOf(crossEntropy, [[2, 2, 2, 2, 2]], [[0, 0, 1, 0, 0]]).loss).toBeCloseTo(Math.log(5), 12);
  });

  it('is the weighted mean of −log p of each row’s class, and its gradient w (p − onehot) / Σw', () => {
    fc.assert(
      fc.property(weighted, (rows) => {
        const logits = rows.map((row) => row.logits);
        const targets = rows.map(({ logits, label, weight }) =>
          logits.map((_, c) => (c === label ? weight : 0)),
        );
        const total = sum(rows.map(({ weight }) => weight));
        const p = logits.map(softmax);
        const { loss, grads } = lossOf(crossEntropy, logits, targets);
        const expected =
          sum(rows.map(({ label, weight }, n) => -weight * Math.log(p[n]?.[label] ?? 0))) / total;
        expect(loss).toBeCloseTo(expected, 10);
        const grad = rows.map(({ label, weight }, n) =>
          (p[n] ?? []).map((each, c) => (weight * (each - (c === label ? 1 : 0))) / total),
        );
        expectClose(grads, matrix(grad), 1e-12, 'grad');
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('does not count a row of zeros', () => {
    const [a, b] = [
      [1, -1],
      [0.5, 2],
    ];
    const alone = lossOf(crossEntropy, [a as number[]], [[0, 1]]);
    const beside = lossOf(
      crossEntropy,
      [a as number[], b as number[]],
      [
        [0, 1],
        [0, 0],
      ],
    );
    expect(beside.loss).toBeCloseTo(alone.loss, 12);
    expect(Array.from(beside.grads?.data.slice(2) ?? [], Math.abs)).toEqual([0, 0]);
  });

  it('stays finite at logits that overflow an exponential, under ONNX Runtime', async () => {
    const loss = crossEntropy(z, y);
    const compiled = program('loss', [z, y], { loss, grad: gradient(loss, [z])[0] as Value });
    const out = await runProgram(compiled, { z: matrix([[1e4, -1e4]]), y: matrix([[0, 1]]) });
    expect(out.loss?.data).toEqual(Float32Array.of(2e4));
    expect(out.grad?.data).toEqual(Float32Array.of(1, -1));
  });
});

describe('meanSquaredError', () => {
  it('is the mean over rows and outputs, and its gradient 2 (ŷ − y) / n', () => {
    const { loss, grads } = lossOf(
      meanSquaredError,
      [
        [1, 2],
        [3, 5],
      ],
      [
        [0, 2],
        [5, 1],
      ],
    );
    expect(loss).toBeCloseTo((1 + 0 + 4 + 16) / 4, 12);
    expectClose(
      grads,
      matrix([
        [0.5, 0],
        [-1, 2],
      ]),
      1e-12,
    );
  });
});
