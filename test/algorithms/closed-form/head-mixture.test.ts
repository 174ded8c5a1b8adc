import { describe, expect, it } from 'vitest';
import { headMixture } from '../../../src/algorithms/closed-form/head-mixture.ts';
import { features } from '../../../src/nn/features.ts';
import { classifier } from '../../../src/nn/network.ts';
import { tensor } from '../../../src/tensor.ts';
import { createRandom } from '../../../src/training/random.ts';
import { openPackage } from '../../support/packages/open-package.ts';
import { tinyPackage } from '../../support/packages.ts';

/** Columns 0 to 7 say the class; columns 8 to 15 are noise. */
const net = classifier(
  features(16, [
    { name: 'signal', start: 0, width: 8 },
    { name: 'noise', start: 8, width: 8 },
  ]),
);
const settings = {
  lambdas: [0.2, 1],
  mixtures: [
    [1, 1],
    [1, 0],
    [0, 1],
  ],
};
const open = () => openPackage(tinyPackage('tiny-heads', 'head-mixture', net, settings));

function examples(shots: number, ways = 3, seed = 1) {
  const random = createRandom(seed);
  const labels = Array.from({ length: ways * shots }, (_, i) => i % ways);
  const row = (label: number) =>
    Array.from({ length: 16 }, (_, i) => random.normal() * (i < 8 ? 0.3 : 1) + (i === label ? 2 : 0));
  return {
    x: tensor([labels.length, 16], labels.flatMap(row)),
    y: tensor(
      [labels.length, ways],
      labels.flatMap((label) => Array.from({ length: ways }, (_, k) => (k === label ? 1 : 0))),
    ),
    labels,
  };
}

/** Rows of `selection`: [correct, of, share]. */
async function selectionOf(shots: number) {
  const { x, y } = examples(shots);
  const { state } = await (await open()).adapt(x, y, 0, 0);
  const data = [...(state.selection?.data ?? [])];
  return (
    headMixture.heads?.(net, settings).map((head, i) => ({ head, row: data.slice(3 * i, 3 * i + 3) })) ?? []
  );
}

describe('a mixture of heads', () => {
  it('gives most of the share to heads that predict what was left out', async () => {
    const rows = await selectionOf(8);
    const shareOn = (parts: string) =>
      rows
        .filter(({ head }) => head.endsWith(` on ${parts}`))
        .reduce((sum, { row }) => sum + (row[2] ?? 0), 0);
    expect(rows.map(({ head }) => head)).toContain('ridge 0.2 on signal');
    expect(shareOn('noise')).toBeLessThan(0.05);
    expect(shareOn('signal')).toBeGreaterThan(0.5);
    for (const { head, row } of rows) {
      expect(row[1]).toBe(24);
      if (head.endsWith(' on signal')) expect(row[0]).toBe(24);
      if (head.endsWith(' on noise')) expect(row[0]).toBeLessThan(18);
    }
    expect(rows.reduce((sum, { row }) => sum + (row[2] ?? 0), 0)).toBeCloseTo(1, 5);
  });

  it('uses the prior, and says that nothing was left out, for one example per class', async () => {
    const rows = await selectionOf(1);
    for (const { row } of rows) {
      expect(row.slice(0, 2)).toEqual([0, 0]);
      expect(row[2]).toBeCloseTo(1 / rows.length, 5);
    }
  });

  it('becomes more confident with evidence that its heads are right', async () => {
    const query = examples(10, 3, 2);
    const confidence = async (shots: number) => {
      const { x, y } = examples(shots);
      const model = await open();
      const logits = await model.predict((await model.adapt(x, y, 0, 0)).state, query.x);
      const losses = query.labels.map((label, i) => {
        const row = [...logits.data.subarray(3 * i, 3 * i + 3)];
        return Math.log(row.reduce((sum, each) => sum + Math.exp(each), 0)) - (row[label] as number);
      });
      return losses.reduce((sum, each) => sum + each, 0) / losses.length;
    };
    expect(await confidence(10)).toBeLessThan(await confidence(1));
  });
});
