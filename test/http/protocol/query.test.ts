import { describe, expect, it } from 'vitest';
import { form, glyph, points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ metrics: { exposition: async () => 'metrics' } });

describe('an unknown query parameter', () => {
  it.each([
    ['GET', '/tasks', 'one of limit, after'],
    ['GET', '/tasks/x', 'no parameters'],
    ['PUT', '/tasks/x', 'no parameters'],
    ['DELETE', '/tasks/x', 'no parameters'],
    ['POST', '/tasks/x/adapt', 'one of model, mode, target'],
    ['POST', '/tasks/x/predict', 'one of adaptation, reject, coverage, set, explain, trial'],
    ['GET', '/tasks/x/adaptations', 'one of limit, after'],
    ['GET', '/tasks/x/adaptations/adp_1', 'no parameters'],
    ['POST', '/tasks/x/adaptations/adp_1/cancel', 'no parameters'],
    ['GET', '/tasks/x/adaptations/adp_1/events', 'no parameters'],
    ['GET', '/models', 'no parameters'],
    ['GET', '/models/tiny-curve', 'no parameters'],
    ['GET', '/health/live', 'no parameters'],
    ['GET', '/health/ready', 'no parameters'],
    ['GET', '/metrics', 'no parameters'],
    ['GET', '/openapi.json', 'no parameters'],
    ['GET', '/docs/', 'no parameters'],
  ] as const)('is refused with its name: %s %s', async (method, path, expected) => {
    for (const name of ['modle', 'toString', '__proto__', 'Limit']) {
      const answer = await http.app.inject({ method, url: `${path}?${name}=1` });
      expect(answer.json()).toMatchObject({
        status: 400,
        code: 'invalid_request',
        expected,
        got: JSON.stringify(name),
      });
    }
  });

  it.each([
    ['GET', '/v2'],
    ['GET', '/v2/health/live'],
    ['GET', '/v2/models/x'],
    ['POST', '/v2/models/x/infer'],
  ] as const)('is refused by the inference protocol: %s %s', async (method, path) => {
    const answer = await http.app.inject({ method, url: `${path}?limit=1` });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({ error: expect.stringContaining('"limit"') });
  });

  it('is refused together with a form, and changes nothing', async () => {
    const { payload, headers } = form([['anchor', glyph('anchor', 1)]]);
    const url = '/tasks/form/adapt?model=tiny-glyph-prototypes&steps=3';
    const answer = await http.app.inject({ method: 'POST', url, payload, headers });
    expect(answer.json()).toMatchObject({ status: 400, got: '"steps"' });
    expect((await http.app.inject({ url: '/tasks/form' })).statusCode).toBe(404);
  });

  it('does not affect known parameters', async () => {
    const url = '/tasks/known/adapt?model=tiny-prototypes&mode=append';
    const payload = { support: points.support };
    expect([200, 202]).toContain((await http.app.inject({ method: 'POST', url, payload })).statusCode);
    expect((await http.app.inject({ url: '/tasks?limit=1' })).statusCode).toBe(200);
  });
});
