import { describe, expect, it } from 'vitest';
import { startApp } from '../../support/start-app.ts';

const http = startApp();
const support = (rows: readonly (readonly [label: string, ...x: number[]])[]) =>
  rows.map(([label, ...input]) => ({ label, input }));
const adapt = async (task: string, model: string, rows: Parameters<typeof support>[0]) =>
  http.app.inject({
    method: 'POST',
    url: `/tasks/${task}/adapt`,
    payload: { model, support: support(rows) },
    headers: { prefer: 'wait=20' },
  });
/** The fourth `low` is among those of `high`. */
const rows = [
  ['low', 0, 0],
  ['low', 0.1, 0],
  ['low', 0, 0.1],
  ['low', 0.97, 0.98],
  ['high', 1, 1],
  ['high', 0.9, 1],
  ['high', 1, 0.9],
  ['high', 0.95, 1],
] as const;

describe('the report of an adaptation', () => {
  it('is in the answer to adapt, in the record and in the list, complete', async () => {
    const answer = await adapt('carded', 'tiny-prototypes', rows);
    expect(answer.statusCode).toBe(200);
    const { id, report } = answer.json();
    expect(report).toMatchObject({
      accuracy: { estimate: 7 / 8, n: 8, says: expect.stringContaining('Right for 7 of 8 examples') },
      error: null,
      perLabel: {
        high: { n: 4, recall: 1 },
        low: { n: 4, recall: 0.75, confusedWith: [{ label: 'high', n: 1 }] },
      },
      baselines: { majority: 0.5, nearestNeighbour: expect.any(Number) },
      suspects: [{ issue: 'label', position: 3, suggested: 'high', example: expect.stringMatching(/^ex_/) }],
    });
    const stored = await http.service.adaptation('default', 'carded', id);
    // What predictions are compared with is no part of the card.
    const { confidence: _, ...card } = stored.report ?? {};
    expect(report).toEqual(JSON.parse(JSON.stringify(card)));
    const read = await http.app.inject(`/tasks/carded/adaptations/${id}`);
    expect(read.json().report).toEqual(report);
    const list = await http.app.inject('/tasks/carded/adaptations');
    expect(list.json().data[0].report).toEqual(report);
  });

  it('says what cannot be known from one example of each label', async () => {
    const answer = await adapt('unknown', 'tiny-prototypes', [rows[0], rows[4]]);
    expect(answer.json().report).toMatchObject({
      accuracy: null,
      perLabel: { low: { n: 0, recall: null, interval: null } },
      notes: [{ code: 'no_estimate', detail: expect.stringContaining('cannot be estimated') }],
      next: [
        { label: 'high', examples: 1, gain: null },
        { label: 'low', examples: 1, gain: null },
      ],
    });
  });

  it('comes later when the package takes steps', async () => {
    const answer = await adapt('later', 'tiny-gradients', rows);
    const { id, status } = answer.json();
    expect(status).toBe('succeeded');
    await expect
      .poll(async () => (await http.app.inject(`/tasks/later/adaptations/${id}`)).json().report, {
        timeout: 20_000,
      })
      .toMatchObject({ accuracy: { n: 8 } });
  });
});
