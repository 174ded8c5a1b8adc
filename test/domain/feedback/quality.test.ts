import { describe, expect, it } from 'vitest';
import type { KeptPrediction, Outcome } from '../../../src/domain/feedback/kept-prediction.ts';
import { measuredOf, qualityOf } from '../../../src/domain/feedback/quality.ts';
import { suggestionsOf } from '../../../src/domain/feedback/review.ts';
import type { Report } from '../../../src/domain/trust/report/report.ts';

const outcomes = (adaptation: string, right: number, wrong: number): readonly Outcome[] =>
  Array.from({ length: right + wrong }, (_, n) => ({
    prediction: `${adaptation}${n}`,
    adaptation,
    at: '',
    predicted: 'a',
    label: n < right ? 'a' : 'b',
  }));
const report = (right: number, n: number, next: Report['next'] = []) =>
  ({
    accuracy: { estimate: right / n, interval: measuredOf(outcomes('r', right, n - right))?.interval, n },
    error: null,
    next,
  }) as unknown as Report;
const known = { adaptation: 'now', report: null, isStale: false, earlier: new Set<string>(), outcomes: [] };

describe('the quality of a task', () => {
  it('has the share of right answers with its Wilson interval', () => {
    expect(measuredOf(outcomes('x', 23, 2))).toMatchObject({ measure: 'accuracy', estimate: 0.92, n: 25 });
    const [low = 0, high = 0] = measuredOf(outcomes('x', 23, 2))?.interval ?? [];
    expect([low, high].map((each) => Math.round(100 * each))).toEqual([75, 98]);
    expect(measuredOf([])).toBeNull();
    const errors = [1, 9].map((error) => ({ prediction: `${error}`, adaptation: 'x', at: '', error }));
    expect(measuredOf(errors)).toMatchObject({ measure: 'error', estimate: Math.sqrt(5), n: 2 });
  });

  it('is told over time, of ten feedbacks each', () => {
    const given = [...outcomes('before', 4, 0), ...outcomes('now', 5, 15)];
    const timed = given.map((each, i) => ({ ...each, at: new Date(1000 * i).toISOString() }));
    const { history } = qualityOf({ ...known, outcomes: timed });
    expect(history.map(({ n, estimate }) => [n, estimate])).toEqual([
      [4, 1],
      [10, 0.5],
      [10, 0],
    ]);
    expect([history[1]?.from, history[1]?.to]).toEqual([timed[4]?.at, timed[13]?.at]);
    expect(qualityOf(known).history).toEqual([]);
  });

  it('advises nothing without a reason', () => {
    expect(qualityOf(known)).toMatchObject({ estimate: null, feedback: null, advice: { action: 'none' } });
    const few = qualityOf({ ...known, report: report(19, 20), outcomes: outcomes('now', 0, 9) });
    expect(few.advice.action).toBe('none');
    const good = qualityOf({ ...known, report: report(19, 20), outcomes: outcomes('now', 18, 2) });
    expect(good.advice.action).toBe('none');
  });

  it('advises to retrain when feedback finds more errors than the report estimates', () => {
    const bad = qualityOf({ ...known, report: report(48, 50), outcomes: outcomes('now', 10, 20) });
    expect(bad.advice.action).toBe('retrain');
    // Of another adaptation.
    const other = qualityOf({ ...known, report: report(48, 50), outcomes: outcomes('before', 10, 20) });
    expect(other).toMatchObject({ advice: { action: 'none' }, feedbackOnCurrent: null, feedback: { n: 30 } });
    const stale = qualityOf({ ...known, isStale: true, outcomes: outcomes('now', 10, 2) });
    expect(stale.advice.action).toBe('retrain');
  });

  it('advises to roll back to what did better', () => {
    const both = [...outcomes('before', 28, 2), ...outcomes('now', 10, 20)];
    const earlier = new Set(['before']);
    const quality = qualityOf({ ...known, report: report(48, 50), earlier, outcomes: both });
    expect(quality.advice).toMatchObject({ action: 'roll_back', adaptation: 'before' });
    expect(qualityOf({ ...known, earlier: new Set(), outcomes: both }).advice.action).toBe('none');
  });

  it('advises to label more of what the report names', () => {
    const next = [{ label: 'b', examples: 5, gain: 0.1 }];
    expect(qualityOf({ ...known, report: report(15, 20, next) }).advice).toMatchObject({
      action: 'label_more',
      label: 'b',
    });
  });
});

describe('what to review', () => {
  const kept = (id: string, a: number, novelty: number | null, more: Partial<KeptPrediction> = {}) =>
    ({
      id,
      content: id,
      label: a >= 0.5 ? 'a' : 'b',
      probabilities: { a, b: 1 - a },
      novelty,
      ...more,
    }) as KeptPrediction;
  const all = [
    kept('sure', 0.99, 0.1),
    kept('unsure', 0.52, 0.2),
    kept('novel', 0.9, 0.99),
    kept('rare', 0.1, 0),
    kept('again', 0.52, 0.2, { content: 'unsure' }),
    kept('known', 0.5, 1, { hasFeedback: true }),
  ];
  const counts = { a: 10, b: 1 };

  it('mixes the uncertain, the novel and the rare, with reasons', () => {
    const chosen = suggestionsOf(all, counts, 3);
    expect(chosen.map(({ prediction: { id }, reasons }) => [id, reasons[0]])).toEqual([
      ['unsure', 'uncertain'],
      ['novel', 'novel'],
      ['rare', 'rare_label'],
    ]);
    expect(chosen[0]?.reasons).toContain('novel');
  });

  it('asks once for each input, and never for what has feedback', () => {
    expect(suggestionsOf(all, counts, 10).map(({ prediction: { id } }) => id)).toHaveLength(4);
    expect(suggestionsOf(all, counts, 1)).toHaveLength(1);
    expect(suggestionsOf([], counts, 5)).toEqual([]);
  });
});
