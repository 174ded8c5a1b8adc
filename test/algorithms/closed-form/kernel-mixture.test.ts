import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../../src/tensor.ts';
import { tensor } from '../../../src/tensor.ts';
import { createRandom } from '../../../src/training/random.ts';
import { tablePackage } from '../../../src/training/tables/table-package.ts';
import { openPackage } from '../../support/packages/open-package.ts';

/** Points [n, 3] with numbers of very different size; the third column says nothing. */
function points(seed: number, n: number) {
  const random = createRandom(seed);
  const rows = Array.from({ length: n }, () => [random.normal(), random.normal(), random.normal()] as const);
  const x = tensor(
    [n, 3],
    rows.flatMap(([a, b, c]) => [1e5 * a, 1e-4 * b, c]),
  );
  return { x, rows };
}
const oneHot = (labels: readonly number[], ways: number) =>
  tensor(
    [labels.length, ways],
    labels.flatMap((label) => Array.from({ length: ways }, (_, k) => Number(k === label))),
  );
const accuracy = ({ shape: [, ways = 1], data }: Tensor, labels: readonly number[]) =>
  labels.filter((label, i) => {
    const row = data.subarray(i * ways, (i + 1) * ways);
    return row.indexOf(Math.max(...row)) === label;
  }).length / labels.length;

describe('kernel-mixture', () => {
  it('learns classes that no line divides', async () => {
    const model = await openPackage(tablePackage('classification'));
    const labelOf = ([a, b]: readonly [number, number, number]) => Number(a * b > 0);
    const [support, queries] = [points(1, 100), points(2, 200)];
    const { state } = await model.adapt(support.x, oneHot(support.rows.map(labelOf), 2), 0, 0);
    const logits = await model.predict(state, queries.x);
    expect(accuracy(logits, queries.rows.map(labelOf))).toBeGreaterThan(0.8);
  });

  it('says how certain it is: noise gets probabilities near chance', async () => {
    const model = await openPackage(tablePackage('classification'));
    const random = createRandom(3);
    const support = points(4, 60);
    const labels = support.rows.map(() => random.integer(2));
    const { state } = await model.adapt(support.x, oneHot(labels, 2), 0, 0);
    const { data } = await model.predict(state, points(5, 100).x);
    const confidence = Array.from({ length: 100 }, (_, i) => {
      const margin = Math.abs((data[2 * i] ?? 0) - (data[2 * i + 1] ?? 0));
      return 1 / (1 + Math.exp(-margin));
    });
    expect(confidence.reduce((sum, each) => sum + each, 0) / 100).toBeLessThan(0.7);
  });

  it('tells what each head predicts of left-out examples; the shares sum to 1', async () => {
    const pkg = tablePackage('classification');
    const model = await openPackage(pkg);
    const support = points(6, 40);
    const labels = support.rows.map(([a]) => Number(a > 0));
    const { state } = await model.adapt(support.x, oneHot(labels, 2), 0, 0);
    const { shape, data } = state.selection as Tensor;
    const heads = pkg.manifest.heads ?? [];
    expect(shape).toEqual([heads.length, 3]);
    const column = (at: number) => heads.map((_, i) => data[3 * i + at] ?? 0);
    expect(column(2).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 4);
    for (const correct of column(0)) expect(correct).toBeGreaterThan(20);
    expect(new Set(column(1))).toEqual(new Set([40]));
  });

  it('fits values in any unit, and goes on beyond the examples where they lie on a plane', async () => {
    const model = await openPackage(tablePackage('regression'));
    const heightOf = ([a, b]: readonly [number, number, number]) => 1e6 * (3 + 2 * a - b);
    const [support, queries] = [points(7, 50), points(8, 50)];
    const { state } = await model.adapt(support.x, tensor([50, 1], support.rows.map(heightOf)), 0, 0);
    const { data } = await model.predict(state, queries.x);
    const error = Math.hypot(...queries.rows.map((row, i) => (data[i] ?? 0) - heightOf(row))) / Math.sqrt(50);
    expect(error).toBeLessThan(0.4e6);
    const [first] = (state.selection as Tensor).data;
    expect(Math.sqrt((first ?? 0) / 50)).toBeLessThan(1e6);
  });

  it.each(['classification', 'regression'] as const)('adapts to two examples: %s', async (task) => {
    const model = await openPackage(tablePackage(task));
    const y = task === 'regression' ? tensor([2, 1], [4, 4]) : oneHot([0, 1], 2);
    const { state } = await model.adapt(tensor([2, 1], [0, 1]), y, 0, 0);
    const answer = await model.predict(state, tensor([2, 1], [0, 1]));
    expect(answer.data.every(Number.isFinite)).toBe(true);
    if (task === 'regression') expect([...answer.data].map(Math.round)).toEqual([4, 4]);
    else expect(accuracy(answer, [0, 1])).toBe(1);
  });
});
