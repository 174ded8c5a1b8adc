import { describe, expect, it } from 'vitest';
import { finish } from '../../../src/concurrency/slices.ts';
import { type Compared, driftBetween } from '../../../src/domain/drift/drift.ts';
import { normalRows } from './samples.ts';

const asked = (rows: readonly Float32Array[], more: Partial<Compared> = {}): readonly Compared[] =>
  rows.map((features, i) => ({
    features,
    label: i % 2 === 0 ? 'alef' : 'bet',
    facts: { characters: i % 9 },
    adaptation: 'adp_1',
    novelty: 0.1 * (i % 5),
    ...more,
  }));
const drift = (reference: readonly Compared[], window: readonly Compared[]) =>
  finish(driftBetween(reference, window, 'seed'));
const before = normalRows(100, 5, 1);

describe('drift', () => {
  it('is not found between samples of the same kind', () => {
    const found = drift(asked(before), asked(normalRows(80, 5, 2)));
    expect(found).toMatchObject({ isDrift: false, enough: true });
    expect(found.auc).toBeLessThan(0.62);
    expect(found.statistics.map(({ name, isDrift }) => [name, isDrift])).toEqual([
      ['characters', false],
      ['label', false],
      ['novelty', false],
    ]);
    expect(found.perLabel).toMatchObject([
      { label: 'alef', reference: 50, window: 40, isDrift: false },
      { label: 'bet', reference: 50, window: 40, isDrift: false },
    ]);
  });

  it('is found where the inputs have changed, with the label that they have', () => {
    const window = asked(normalRows(80, 5, 2)).map((each) =>
      each.label === 'bet' ? { ...each, features: each.features.map((value) => value + 2) } : each,
    );
    const found = drift(asked(before), window);
    expect(found).toMatchObject({ isDrift: true, pValue: 1 / 201 });
    expect(found.auc).toBeGreaterThan(0.6);
    expect(found.perLabel).toMatchObject([
      { label: 'alef', isDrift: false },
      { label: 'bet', isDrift: true },
    ]);
  });

  it('is not looked for in fewer than 25 inputs, but plain statistics are told', () => {
    const found = drift(asked(before), asked(normalRows(24, 5, 2, 9)));
    expect(found).toMatchObject({ isDrift: false, enough: false, pValue: null, auc: null, perLabel: [] });
    expect(found.statistics).toHaveLength(3);
    expect(drift([], []).enough).toBe(false);
  });

  it('compares labels and novelty of the same adaptation only', () => {
    const window = asked(normalRows(80, 5, 2), { adaptation: 'adp_2', label: 'gimel', novelty: 1 });
    const found = drift(asked(before), window);
    expect(found.isDrift).toBe(false);
    expect(found.statistics.map(({ name }) => name)).toEqual(['characters']);
    expect(found.perLabel).toMatchObject([{ label: 'gimel', reference: 0, window: 80, pValue: null }]);
  });

  it('compares with examples, which have labels of their own', () => {
    const examples = before.map((features): Compared => ({ features, label: 'alef', facts: {} }));
    expect(drift(examples, asked(normalRows(80, 5, 2), { label: 'alef' })).perLabel).toMatchObject([
      { label: 'alef', reference: 100, window: 80, isDrift: false },
    ]);
  });
});
