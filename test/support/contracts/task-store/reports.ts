import { describe, expect, it } from 'vitest';
import type { Report } from '../../../../src/domain/trust/report/report.ts';
import type { TaskStore } from '../../../../src/ports/stores/task-store.ts';
import { recordsOf } from './records.ts';

const someReport: Report = {
  accuracy: { estimate: 0.92, interval: [0.75, 0.98], method: '5 folds', n: 25, says: 'Right for 23 of 25' },
  error: null,
  perLabel: { alef: { n: 1, recall: 1, interval: [0.2, 1], confusedWith: [] } },
  baselines: { majority: 0.2, nearestNeighbour: null },
  confidence: {
    novelty: {
      distance: { mean: 0.1, deviation: 0.02 },
      energy: { mean: -4, deviation: 0.5 },
      sum: { mean: 0, deviation: 1.5 },
    },
    certainties: [0.4, 0.6],
    scores: [0.1, 0.3],
  },
  calibration: { temperature: 1.25, before: { ece: 0.1, nll: 0.5 }, after: null },
  suspects: [{ issue: 'label', example: 'ex_1', position: 3, score: 0.02, suggested: 'bet' }],
  next: [{ label: 'bet', examples: 5, gain: 0.04 }],
  notes: [],
};

/** The part of the contract of every TaskStore that is about reports. */
export function describeReports(store: () => TaskStore): void {
  const { accept, end } = recordsOf(store);
  const put = (id = 'one', report = someReport) => store().putReport('acme', 'runes', id, report);
  const read = async () => (await store().adaptation('acme', 'runes', 'one'))?.report;

  describe('reports', () => {
    it('adds the report of a record that has succeeded, once, and keeps the rest of it', async () => {
      await accept('one');
      expect(await read()).toBeNull();
      await end('one', 'succeeded');
      const [before, usage] = [await store().adaptation('acme', 'runes', 'one'), await store().usage('acme')];
      await put();
      expect(await store().adaptation('acme', 'runes', 'one')).toEqual({ ...before, report: someReport });
      expect((await store().current('acme', 'runes'))?.adaptation?.report).toEqual(someReport);
      await put('one', { ...someReport, accuracy: null });
      expect(await read()).toEqual(someReport);
      expect(await store().usage('acme')).toEqual(usage);
    });

    it('adds no report to a record that has not succeeded, and none to a deleted one', async () => {
      await accept('one');
      await put();
      expect(await read()).toBeNull();
      await end('one', 'failed');
      await put();
      expect(await read()).toBeNull();
      await put('two');
      expect(await store().adaptation('acme', 'runes', 'two')).toBeNull();
      await store().putReport('other', 'runes', 'one', someReport);
      expect(await store().task('other', 'runes')).toBeNull();
    });
  });
}
