import { describe, expect, it } from 'vitest';
import { finish } from '../../../src/concurrency/slices.ts';
import type { Assessment } from '../../../src/domain/trust/assessment.ts';
import { confidenceOf } from '../../../src/domain/trust/confidence.ts';
import { referenceRows } from '../../../src/domain/trust/novelty/reference-rows.ts';
import { neighboursOf } from '../../../src/domain/trust/report/neighbours.ts';
import { assessed, regressed } from './support.ts';

/** Two labels whose examples are near each other; the last one of `a` is far from all. */
const rows = [
  { label: 'a', x: [0, 0], logits: [4, 0] },
  { label: 'a', x: [0, 1], logits: [3, 0] },
  { label: 'a', x: [9, 0], logits: [0, 0] },
  { label: 'b', x: [5, 5], logits: [0, 4] },
  { label: 'b', x: [5, 6], logits: [0, 2] },
];

function confidenceAt(assessment: Assessment, temperature = 1, compared = assessment) {
  const neighbours = finish(neighboursOf(compared.x, 'euclidean', ''));
  return finish(confidenceOf(assessment, temperature, { metric: 'euclidean', neighbours, rarities: null }));
}

describe('the confidence of an adaptation', () => {
  it('does not depend on what the report has compared', () => {
    const assessment = assessed(rows);
    const nothing = { ...assessment, x: { shape: [0, 2], data: new Float32Array() } };
    expect(confidenceAt(assessment, 1, nothing)).toEqual(confidenceAt(assessment));
  });

  it('has the distances and energies of left-out examples', () => {
    const confidence = confidenceAt(assessed(rows));
    const distances = [1, 1, Math.sqrt(16 + 25), 1, 1];
    const mean = distances.reduce((sum, each) => sum + each, 0) / 5;
    expect(confidence?.novelty.distance.mean).toBeCloseTo(mean, 5);
    const energies = rows.map(
      ({ logits }) => -Math.log(logits.reduce((sum, each) => sum + Math.exp(each), 0)),
    );
    expect(confidence?.novelty.energy?.mean).toBeCloseTo(
      energies.reduce((sum, each) => sum + each, 0) / 5,
      5,
    );
  });

  it('has scores and certainties in ascending order, at the temperature', () => {
    const at = (temperature: number) => confidenceAt(assessed(rows), temperature);
    for (const name of ['scores', 'certainties'] as const) {
      const values = at(1)?.[name] ?? [];
      expect(values).toHaveLength(5);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
    expect(at(1)?.scores[0]).toBeCloseTo(1 - 1 / (1 + Math.exp(-4)), 5);
    expect(at(2)?.scores[0]).toBeCloseTo(1 - 1 / (1 + Math.exp(-2)), 5);
  });

  it('leaves out examples that were never tested', () => {
    const some = rows.map(({ logits, ...row }, i) => (i < 2 ? { ...row, logits } : row));
    expect(confidenceAt(assessed(some))?.scores).toHaveLength(2);
    expect(confidenceAt(assessed(rows.map(({ label, x }) => ({ label, x }))))).toBeNull();
  });

  it('of numbers has distances alone', () => {
    const confidence = confidenceAt(
      regressed([
        [1, 1.1],
        [2, 2],
        [3, 2.5],
      ]),
    );
    expect(confidence).toMatchObject({ novelty: { energy: null }, scores: [], certainties: [] });
  });

  it('compares with a bounded number of examples, spread over all', () => {
    expect(referenceRows(3)).toEqual([0, 1, 2]);
    const many = referenceRows(10_000);
    expect(many).toHaveLength(32);
    expect(many.at(-1)).toBeGreaterThan(9_600);
    expect(new Set(many).size).toBe(32);
  });
});
