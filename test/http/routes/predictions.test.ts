import { beforeAll, describe, expect, it } from 'vitest';
import { curve, dataUrl, form, glyph, long, points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
const adapt = (task: string, body: object) =>
  http.app.inject({
    method: 'POST',
    url: `/tasks/${task}/adapt`,
    payload: body,
    headers: { prefer: 'wait=20' },
  });
const predict = (task: string, payload: object, headers: Record<string, string> = {}) =>
  http.app.inject({ method: 'POST', url: `/tasks/${task}/predict`, payload, headers });

const glyphs = ['anchor', 'comb', 'gate', 'hook', 'knot', 'tide'];

describe('POST /tasks/{task}/predict', () => {
  beforeAll(async () => {
    await adapt('points', points);
    await adapt('curve', curve);
    const support = glyphs.map((label) => ({ label, input: dataUrl(glyph(label, 1)) }));
    await adapt('glyphs', { model: 'tiny-glyph-prototypes', support });
  });

  it('answers labels with probabilities that sum to 1', async () => {
    const answer = await predict('points', {
      inputs: [
        [-2, 0.2],
        [2, 0],
      ],
    });
    expect(answer.statusCode).toBe(200);
    const { task, adaptation, model, predictions } = answer.json();
    expect({ task, model }).toEqual({ task: 'points', model: 'tiny-prototypes@1.0.0' });
    expect(adaptation).toMatch(/^adp_/);
    expect(predictions.map(({ label }: { label: string }) => label)).toEqual(['left', 'right']);
    for (const { probabilities } of predictions) {
      expect(Object.keys(probabilities)).toEqual(['left', 'right']);
      expect(probabilities.left + probabilities.right).toBeCloseTo(1, 6);
    }
  });

  it('answers values for regression', async () => {
    const { predictions } = (await predict('curve', { inputs: [[0.5], [1]] })).json();
    const answer = { value: [expect.any(Number)], warnings: [] };
    expect(predictions).toMatchObject([answer, answer]);
  });

  it('gives an input the same answer alone and in a batch', async () => {
    const inputs = Array.from({ length: 9 }, (_, i) => [Math.cos(i), Math.sin(i)]);
    const together = (await predict('points', { inputs })).json().predictions;
    for (const [i, input] of inputs.entries()) {
      const [alone] = (await predict('points', { inputs: [input] })).json().predictions;
      expect(alone.probabilities.left).toBeCloseTo(together[i].probabilities.left, 5);
    }
  });

  it('recognises the drawings it was shown, in the order of the files', async () => {
    const order = ['tide', 'anchor', 'knot', 'comb', 'anchor'];
    const { payload, headers } = form(order.map((name) => [name, glyph(name, 1)]));
    const { predictions } = (await predict('glyphs', payload, headers)).json();
    expect(predictions.map(({ label }: { label: string }) => label)).toEqual(order);
  });

  it('gives the same answer for a file and its data URL', async () => {
    const file = glyph('gate', 3);
    const { payload, headers } = form([['', file]]);
    const [uploaded] = (await predict('glyphs', payload, headers)).json().predictions;
    const [written] = (await predict('glyphs', { inputs: [dataUrl(file)] })).json().predictions;
    expect(uploaded.label).toBe(written.label);
    expect(uploaded.probabilities.gate).toBeCloseTo(written.probabilities.gate, 5);
  });

  describe('predictions with a named adaptation', () => {
    const inputs = [[-2, 0.2]];
    const swapped = {
      ...points,
      support: points.support.map(({ input }) => ({ input, label: `not ${input[0]}` })),
    };
    const ask = (query: string, payload: object) =>
      http.app.inject({ method: 'POST', url: `/tasks/versions/predict${query}`, payload });
    let [older, newer] = ['', ''];
    beforeAll(async () => {
      older = (await adapt('versions', points)).json().id;
      newer = (await adapt('versions', swapped)).json().id;
    });

    it('use that adaptation, also an older one', async () => {
      expect((await ask('', { inputs })).json()).toMatchObject({
        adaptation: newer,
        predictions: [{ label: 'not -1' }],
      });
      for (const asked of [
        await ask(`?adaptation=${older}`, { inputs }),
        await ask('', { inputs, options: { adaptation: older } }),
        await ask(`?adaptation=${older}`, { inputs, options: { adaptation: older } }),
      ]) {
        expect(asked.json()).toMatchObject({ adaptation: older, predictions: [{ label: 'left' }] });
      }
      expect((await ask(`?adaptation=${newer}`, { inputs, options: {} })).json().adaptation).toBe(newer);
    });

    it('are possible with a form', async () => {
      const { adaptation } = (await predict('glyphs', { inputs: [dataUrl(glyph('gate', 3))] })).json();
      const { payload, headers } = form([['', glyph('gate', 3)]]);
      const url = `/tasks/glyphs/predict?adaptation=${adaptation}`;
      const answer = await http.app.inject({ method: 'POST', url, payload, headers });
      expect(answer.json()).toMatchObject({ adaptation, predictions: [{ label: expect.any(String) }] });
    });

    it.each(['adp_0123456789abcdef0123456789abcdef', 'adp_1', 'x', '../points'])(
      'is a 404 where the task has none of that id: %s',
      async (id) => {
        for (const asked of [
          await ask(`?adaptation=${encodeURIComponent(id)}`, { inputs }),
          await ask('', { inputs, options: { adaptation: id } }),
        ])
          expect(asked.json()).toMatchObject({ status: 404, code: 'adaptation_not_found', got: id });
      },
    );

    it('get 404 if the adaptation belongs to another task', async () => {
      const { adaptation } = (await predict('points', { inputs })).json();
      expect((await ask(`?adaptation=${adaptation}`, { inputs })).json().code).toBe('adaptation_not_found');
    });

    it('get 409 if the adaptation has not succeeded', async () => {
      const { id } = (
        await http.app.inject({ method: 'POST', url: '/tasks/slow/adapt', payload: long })
      ).json();
      const url = `/tasks/slow/predict?adaptation=${id}`;
      const open = await http.app.inject({ method: 'POST', url, payload: { inputs } });
      expect(open.json()).toMatchObject({ status: 409, code: 'adaptation_not_succeeded' });
      expect(open.headers['retry-after']).toBe('1');
      await http.app.inject({ method: 'POST', url: `/tasks/slow/adaptations/${id}/cancel` });
      const cancelled = await http.app.inject({ method: 'POST', url, payload: { inputs } });
      expect(cancelled.json()).toMatchObject({
        status: 409,
        code: 'adaptation_not_succeeded',
        got: 'cancelled',
      });
      expect(cancelled.headers['retry-after']).toBeUndefined();
    });

    it('are refused if body and query name different adaptations', async () => {
      const asked = await ask(`?adaptation=${older}`, { inputs, options: { adaptation: newer } });
      expect(asked.json()).toMatchObject({ status: 400, pointer: '/options/adaptation', got: older });
    });
  });

  it('says that a task was never adapted', async () => {
    await http.app.inject({ method: 'PUT', url: '/tasks/fresh', payload: { model: 'tiny-prototypes' } });
    const answer = await predict('fresh', { inputs: [[0, 0]] });
    expect(answer.statusCode).toBe(409);
    expect(answer.json().code).toBe('task_not_adapted');
  });
});
