import { describe, expect, it } from 'vitest';
import { softmax } from '../../../src/domain/trust/softmax.ts';
import { mlp } from '../../../src/nn/mlp.ts';
import { classifier } from '../../../src/nn/network.ts';
import { type Tensor, tensor } from '../../../src/tensor.ts';
import { openPackage } from '../../support/packages/open-package.ts';
import { tinyPackage } from '../../support/packages.ts';

const SCALE = 4;
const support = tensor([4, 2], [0.3, -1.2, 0.8, 0.1, -0.5, 0.9, 1.4, -0.7]);
const queries = tensor([2, 2], [0.5, 0.5, -1, 0.2]);
/** Rows with the weights 0.5, 1 and 2. */
const y = tensor([4, 3], [1, 0, 0, 0, 0.5, 0, 0, 0, 2, 0, 0, 1]);
const net = () => classifier(mlp([2, 6, 5]));

const row = ({ data, shape: [, d = 1] }: Tensor, i: number) => [...data.subarray(i * d, (i + 1) * d)];
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

describe('Matching Networks', () => {
  it('label a query by the softmax of its cosines to all examples', async () => {
    const model = await openPackage(tinyPackage('tiny-matching', 'matching', net(), { scale: SCALE }));
    const { state } = await model.adapt(support, y, 0, 0);
    // The keys of the queries, computed by the same program.
    const queryKeys = (await model.adapt(queries, tensor([2, 1], [1, 1]), 0, 0)).state.keys as Tensor;
    const logits = await model.predict(state, queries);
    for (let q = 0; q < 2; q++) {
      const cosines = [0, 1, 2, 3].map((i) => dot(row(queryKeys, q), row(state.keys as Tensor, i)));
      const attention = [...softmax(cosines.map((cosine) => SCALE * cosine))];
      const masses = [0, 1, 2].map((c) =>
        dot(
          attention,
          [0, 1, 2, 3].map((i) => y.data[i * 3 + c] as number),
        ),
      );
      const total = masses.reduce((a, b) => a + b, 0);
      softmax(row(logits, q)).forEach((p, c) => {
        expect(p).toBeCloseTo((masses[c] as number) / total, 5);
      });
    }
  });

  it('keep one key of unit length for every example', async () => {
    const model = await openPackage(tinyPackage('tiny-matching', 'matching', net(), { scale: SCALE }));
    const { keys, labels } = (await model.adapt(support, y, 0, 0)).state as Record<string, Tensor>;
    expect(keys?.shape).toEqual([4, 5]);
    for (let i = 0; i < 4; i++) expect(dot(row(keys as Tensor, i), row(keys as Tensor, i))).toBeCloseTo(1, 5);
    expect(labels).toEqual(y);
  });
});
