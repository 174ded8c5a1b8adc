import { describe, expect, it } from 'vitest';
import { finish } from '../../../../src/concurrency/slices.ts';
import { intervalOfShare } from '../../../../src/domain/trust/intervals.ts';
import { reportOf } from '../../../../src/domain/trust/report/report-of.ts';
import { assessed, regressed } from '../support.ts';

const priors = { temperatures: [], intervalFactor: 1, rarities: null, metric: 'euclidean' } as const;
const repeat = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const reportNow = (...given: Parameters<typeof reportOf>) => finish(reportOf(...given));

describe('the report', () => {
  it('of many examples and labels is computed in small parts', () => {
    const logits = repeat(200, () => 0);
    const rows = repeat(800, (i) => ({ label: `label ${i % 200}`, logits }));
    // Each compares one example, or evaluates one temperature.
    expect([...reportOf(assessed(rows), priors)].length).toBeGreaterThan(2 * rows.length);
  });

  it('says 23 of 25 with the interval of Wilson', () => {
    const rows = repeat(25, (i) => ({
      label: i % 2 ? 'b' : 'a',
      logits: i % 2 === (i < 2 ? 1 : 0) ? [4, 0] : [0, 4],
    }));
    const { accuracy, perLabel } = reportNow(assessed(rows), priors);
    expect(accuracy).toMatchObject({ estimate: 0.92, n: 25, method: '5 folds' });
    expect(accuracy?.interval[0]).toBeCloseTo(0.7503, 3);
    expect(accuracy?.interval[1]).toBeCloseTo(0.9778, 3);
    expect(accuracy?.says).toMatch(/^Right for 23 of 25 examples .* between 75 % and 98 % right/);
    expect(perLabel).toMatchObject({
      a: { n: 13, recall: 12 / 13, confusedWith: [{ label: 'b', n: 1 }] },
      b: { n: 12, recall: 11 / 12, confusedWith: [{ label: 'a', n: 1 }] },
    });
  });

  it('widens its intervals by the factor of the package', () => {
    const rows = repeat(20, (i) => ({
      label: i % 2 ? 'b' : 'a',
      logits: i % 2 === (i < 4 ? 1 : 0) ? [4, 0] : [0, 4],
    }));
    const [plain, wide] = [1, 1.5].map(
      (intervalFactor) => reportNow(assessed(rows), { ...priors, intervalFactor }).accuracy,
    );
    const width = (each: typeof plain) => (each?.interval[1] ?? 0) - (each?.interval[0] ?? 0);
    expect(width(wide) / width(plain)).toBeGreaterThan(1.3);
    expect(wide?.estimate).toBe(plain?.estimate);
  });

  it('moves the interval, and not the estimate, by what the left-out examples would have added', () => {
    const rows = repeat(20, (i) => ({
      label: i % 2 ? 'b' : 'a',
      logits: i % 2 === (i < 4 ? 1 : 0) ? [4, 0] : [0, 4],
    }));
    // Errors that halve when the examples double: of four errors at 4/5 of the examples, 3.2 remain with all.
    const curve = [1, 2, 4, 8].map((shots) => ({ shots, right: 1e6 - 4e5 / shots, n: 1e6 }));
    const { accuracy } = reportNow(assessed(rows, curve), priors);
    expect(accuracy?.estimate).toBe(0.8);
    const expected = intervalOfShare({ estimate: 1 - 0.2 * 0.8, n: 20 });
    expect(accuracy?.interval[0]).toBeCloseTo(expected[0], 3);
    expect(accuracy?.interval[1]).toBeCloseTo(expected[1], 3);
  });

  it('says what cannot be known from one example of each label', () => {
    const report = reportNow(assessed([{ label: 'a' }, { label: 'b' }]), {
      ...priors,
      temperatures: [{ shots: 1, value: 1.4 }],
    });
    expect(report).toMatchObject({
      accuracy: null,
      error: null,
      perLabel: { a: { n: 0, recall: null, interval: null, confusedWith: [] } },
      baselines: { majority: null, nearestNeighbour: null },
      calibration: { temperature: 1.4, before: null, after: null },
      suspects: [],
      notes: [{ code: 'no_estimate' }],
    });
    expect(report.next).toEqual([
      { label: 'a', examples: 1, gain: null },
      { label: 'b', examples: 1, gain: null },
    ]);
  });

  it('names labels with one example, and says that others were tested with one less', () => {
    const report = reportNow(
      assessed([
        { label: 'a', logits: [2, 0, 0] },
        { label: 'a', logits: [2, 0, 0] },
        { label: 'b', logits: [0, 2, 0] },
        { label: 'b', logits: [0, 2, 0] },
        { label: 'c' },
      ]),
      priors,
    );
    expect(report.notes.map(({ code }) => code)).toEqual(['label_too_small', 'one_shot_less']);
    expect(report.notes[0]?.detail).toContain('"c" has one example');
    expect(report.next[0]).toEqual({ label: 'c', examples: 1, gain: null });
    expect(report.accuracy?.n).toBe(4);
  });

  it('says when it is no better than the label with the most examples', () => {
    const rows = repeat(9, (i) => ({ label: i < 6 ? 'a' : 'b', logits: i % 2 ? [2, 0] : [0, 2] }));
    const { baselines, notes } = reportNow(assessed(rows), priors);
    expect(baselines.majority).toBeCloseTo(2 / 3, 12);
    expect(notes.map(({ code }) => code)).toContain('no_better_than_majority');
  });

  it('of a regression has the error, its interval, R² and the baselines', () => {
    const { error, accuracy, baselines, perLabel, calibration } = reportNow(
      regressed([
        [0, 1],
        [10, 9],
        [20, 21],
        [30, 29],
      ]),
      priors,
    );
    expect([accuracy, calibration, perLabel]).toEqual([null, null, {}]);
    // The targets deviate by √125 from their mean 15.
    expect(error).toMatchObject({ estimate: 1, r2: 1 - 1 / 125, n: 4, method: 'leave one out' });
    expect(error?.interval[0]).toBeCloseTo(Math.exp((-1.96 * Math.sqrt(0.5)) / 2), 6);
    // The means of the others are 20, 50/3, 40/3 and 10.
    const squares = [20, 20 / 3, 20 / 3, 20].reduce((sum, each) => sum + each ** 2, 0);
    expect(baselines.majority).toBeCloseTo(Math.sqrt(squares / 4), 5);
    expect(baselines.nearestNeighbour).toBe(10);
  });

  it('of a regression with two examples has no error', () => {
    const two = {
      ...regressed([
        [0, 0],
        [1, 1],
      ]),
      tested: [],
      splits: [],
    };
    const report = reportNow(two, priors);
    expect(report.error).toBeNull();
    expect(report.notes).toMatchObject([{ code: 'no_estimate' }]);
  });

  it('suspects targets that are far from what the others predict', () => {
    const rows = repeat(12, (i): [number, number] => [i, i + (i % 2 ? 0.1 : -0.1)]);
    const report = reportNow(regressed([...rows, [40, 12]]), priors);
    expect(report.suspects).toMatchObject([{ issue: 'label', position: 12 }]);
    expect(report.suspects[0]?.score).toBeLessThan(1e-6);
  });
});
