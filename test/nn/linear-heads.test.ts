import { describe, expect, it } from 'vitest';
import { constant, input } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { classesOf } from '../../src/nn/heads/classes.ts';
import { cosineHeads, type LinearHeads, ridgeHeads } from '../../src/nn/heads/linear-heads.ts';
import { ridgeFit } from '../../src/nn/heads/ridge.ts';
import { createRandom } from '../../src/training/random.ts';
import { expectClose } from '../support/close.ts';
import type { NdArray } from '../support/reference/array.ts';
import { evaluate } from '../support/reference/evaluate.ts';

const WIDTH = 6;
const [z, y] = [input('z', ['N', WIDTH]), input('y', ['N', 'ways'])];
const lambda = constant({ shape: [1, 1], data: Float32Array.of(0.5) });
const kinds: Readonly<Record<string, () => LinearHeads>> = {
  cosine: () => cosineHeads(z, y, classesOf(y)),
  ridge: () => ridgeHeads(z, classesOf(y), lambda),
};

const random = createRandom(3);
const matrix = (rows: readonly (readonly number[])[]): NdArray => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: Float64Array.from(rows.flat()),
});
const labels = [0, 0, 0, 1, 1, 2, 2];
const oneHot = (label: number) => [0, 1, 2].map((k) => (k === label ? 1 : 0));
const rows = labels.map((label) =>
  Array.from({ length: WIDTH }, (_, i) => random.normal() + (i === label ? 2 : 0)),
);

/** Values for these examples. */
const at = (
  values: readonly Value[],
  x: readonly (readonly number[])[],
  of: readonly (readonly number[])[],
) => evaluate(values, { z: matrix(x), y: matrix(of) }, { N: x.length, ways: 3 });

describe.each(Object.keys(kinds))('%s heads', (kind) => {
  const heads = (kinds[kind] as () => LinearHeads)();

  it('score each example as the head that was fitted without it', () => {
    // The head of each refit has the same balance of classes as the head of all.
    const all = at([heads.leftOut], rows, labels.map(oneHot))[0];
    for (const [i, x] of rows.entries()) {
      const scores = refit(i);
      expect(scores.length).toBe(3);
      expectClose(
        { shape: [3], data: scores },
        { shape: [3], data: all?.data.slice(3 * i, 3 * i + 3) ?? [] },
        1e-6,
        `scores of ${x}`,
      );
    }
  });

  /** Scores of example i by a head of the others. */
  function refit(i: number): readonly number[] {
    const others = rows.map((_, j) => j).filter((j) => j !== i);
    if (kind === 'cosine')
      return scoresOf(
        heads,
        others.map((j) => rows[j] as number[]),
        others.map((j) => oneHot(labels[j] as number)),
        i,
      );
    // Weights of the whole set: a class counts as much as before.
    const weight = (j: number) => 7 / 3 / labels.filter((label) => label === labels[j]).length;
    const [w, t] = [input('w', ['N', 1]), input('t', ['N', 3])];
    const fit = ridgeFit({ features: z, targets: t, weights: w, removed: w }, lambda);
    const feeds = {
      z: matrix(others.map((j) => rows[j] as number[])),
      w: matrix(others.map((j) => [weight(j)])),
      t: matrix(others.map((j) => oneHot(labels[j] as number))),
    };
    const [weights, bias] = evaluate([fit.weight, fit.bias], feeds, { N: others.length });
    return linear(weights as NdArray, bias as NdArray, rows[i] as number[]);
  }

  it('count an example of weight 2 like two examples, of which one is left out', () => {
    const [first] = at(
      [heads.leftOut],
      rows,
      labels.map((label, i) => oneHot(label).map((v) => (i === 0 ? 2 * v : v))),
    );
    const [twice] = at([heads.leftOut], [rows[0] as number[], ...rows], [oneHot(0), ...labels.map(oneHot)]);
    expectClose(
      { shape: [3], data: first?.data.slice(0, 3) ?? [] },
      { shape: [3], data: twice?.data.slice(0, 3) ?? [] },
      1e-6,
    );
  });
});

function scoresOf(
  { weight, bias }: LinearHeads,
  x: readonly (readonly number[])[],
  of: readonly (readonly number[])[],
  i: number,
): readonly number[] {
  const [w, b] = at([weight, bias], x, of);
  return linear(w as NdArray, b as NdArray, rows[i] as number[]);
}

const linear = (weight: NdArray, bias: NdArray, x: readonly number[]) =>
  [0, 1, 2].map((k) =>
    x.reduce((sum, value, j) => sum + value * (weight.data[j * 3 + k] ?? 0), bias.data[k] ?? 0),
  );

it('know that a class of one example cannot be tested', () => {
  const { hasOthers, logShots } = classesOf(y);
  const [others, shots] = at([hasOthers, logShots], rows.slice(0, 4), [0, 0, 1, 2].map(oneHot));
  expect([...(others?.data ?? [])]).toEqual([1, 1, 0, 0]);
  expectClose(shots, { shape: [], data: [Math.log(4 / 3)] }, 1e-9);
});
