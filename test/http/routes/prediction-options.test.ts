import { beforeAll, describe, expect, it } from 'vitest';
import { points } from '../support/bodies.ts';
import { contentRequests } from '../support/contents.ts';
import { startApp } from '../support/start-app.ts';

describe('options of predictions', () => {
  const http = startApp();
  beforeAll(async () => {
    const support = Array.from({ length: 20 }, (_, i) => {
      const side = i % 2 ? 1 : -1;
      return { label: side < 0 ? 'left' : 'right', input: [side + 0.1 * Math.cos(i), 0.1 * Math.sin(i)] };
    });
    await http.app.inject({
      method: 'POST',
      url: '/tasks/points/adapt',
      payload: { ...points, support },
      headers: { prefer: 'wait=20' },
    });
  });
  const ask = (payload: object, query = '') =>
    http.app.inject({ method: 'POST', url: `/tasks/points/predict${query}`, payload });
  const far = [[9, 9]];

  it.each([
    ['in the body', { inputs: far, options: { reject: true, set: 0.8 } }, ''],
    ['in the query', { inputs: far }, '?reject=true&set=0.8'],
    ['in both, if they are equal', { inputs: far, options: { set: 0.8, reject: true } }, '?set=0.8'],
    ['as a coverage', { inputs: far, options: { reject: { coverage: 0.9 }, set: 0.8 } }, '?coverage=0.9'],
  ])('can be %s', async (_where, body, query) => {
    const answer = await ask(body, query);
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json().predictions[0]).toMatchObject({
      label: null,
      reason: 'unlike_examples',
      best: expect.any(String),
      novelty: expect.any(Number),
      set: { level: 0.8, labels: [expect.any(String)], guarantee: expect.any(String) },
    });
  });

  it.each([
    [{ options: { reject: true } }, '?reject=false', '/options/reject'],
    [{ options: { reject: { coverage: 2 } } }, '', '/options/reject'],
    [{ options: { set: 1 } }, '', '/options/set'],
    [{ options: { novelty: true } }, '', '/options'],
    [{}, '?reject=true&coverage=0.9', 'reject or coverage'],
    [{}, '?set=0', 'set'],
    [{}, '?explain=perhaps', 'explain'],
  ])('refuse %j with %s', async (body, query, told) => {
    const answer = await ask({ inputs: far, ...body }, query);
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain(told);
  });

  it('are the defaults of the task where the request names none', async () => {
    const put = (defaults: object) =>
      http.app.inject({ method: 'PUT', url: '/tasks/points', payload: { defaults } });
    await put({ reject: true });
    expect((await ask({ inputs: far })).json().predictions[0].label).toBeNull();
    expect((await ask({ inputs: far }, '?reject=false')).json().predictions[0].label).toBe('right');
    await put({});
    expect((await ask({ inputs: far })).json().predictions[0].label).toBe('right');
  });
});

const kinds = startApp({ byKind: true });

describe.each(contentRequests)('an explanation of $name', ({ name, adapt, predict }) => {
  const task = name.replaceAll(' ', '-');
  const send = (url: string, { payload, headers, query }: typeof adapt, more = '') =>
    kinds.app.inject({
      method: 'POST',
      url: `${url}?${[query, more].filter(Boolean).join('&')}`,
      payload,
      headers: { prefer: 'wait=20', ...headers },
    });

  it('names examples and parts of the input', async () => {
    const adapted = await send(`/tasks/${task}/adapt`, adapt);
    expect(adapted.json()).toMatchObject({ status: 'succeeded' });
    const answer = await send(`/tasks/${task}/predict`, predict, 'explain=true');
    expect(answer.statusCode, answer.body).toBe(200);
    for (const { explanation, label, value, probabilities } of answer.json().predictions) {
      expect(explanation.label).toBe(label ?? null);
      for (const { id, share } of explanation.examples) {
        expect(id).toMatch(/^ex_[0-9a-f]{32}$/);
        expect(share).toBeGreaterThan(0);
      }
      const { input } = explanation;
      if (input.kind === 'image') {
        expect(input.contributions).toHaveLength(7);
        const png = Buffer.from(input.overlay.split(',')[1], 'base64');
        expect(png.subarray(1, 4).toString()).toBe('PNG');
      } else if (input.kind === 'row') {
        const sum = input.columns.reduce(
          (total: number, each: { contribution: number }) => total + each.contribution,
          input.base,
        );
        expect(sum).toBeCloseTo(probabilities ? probabilities[label] : value[0], 4);
      } else {
        expect(input.parts.length).toBeGreaterThan(0);
        for (const { contribution } of input.parts) expect(contribution).toEqual(expect.any(Number));
      }
    }
  });
});
