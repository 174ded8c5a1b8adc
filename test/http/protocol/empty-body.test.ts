import { describe, expect, it } from 'vitest';
import { long, points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
const types = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'multipart/form-data',
  'x',
];

describe.each(types)('a call that takes no body, with the type %s', (type) => {
  describe.each([{}, { 'content-length': '0' }])('and %j', (more) => {
    const headers = { 'content-type': type, ...more };

    it('deletes a task', async () => {
      await http.app.inject({ method: 'PUT', url: '/tasks/gone', payload: { model: 'tiny-prototypes' } });
      const deleted = await http.app.inject({ method: 'DELETE', url: '/tasks/gone', headers });
      expect(deleted.statusCode).toBe(204);
      const again = await http.app.inject({ method: 'DELETE', url: '/tasks/gone', headers });
      expect(again.json().code).toBe('task_not_found');
    });

    it('cancels an adaptation', async () => {
      const adapted = await http.app.inject({ method: 'POST', url: '/tasks/long/adapt', payload: long });
      const url = `/tasks/long/adaptations/${adapted.json().id}/cancel`;
      const cancelled = await http.app.inject({ method: 'POST', url, headers });
      expect(cancelled.json().status).toBe('cancelled');
    });

    it.each(['/tasks', '/models', '/health/live', '/v2'])('reads %s', async (url) => {
      expect((await http.app.inject({ url, headers })).statusCode).toBe(200);
    });
  });
});

describe('a call that takes no body', () => {
  const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };

  it('accepts an empty body in chunks', async () => {
    await http.app.inject({ method: 'PUT', url: '/tasks/chunked', payload: { model: 'tiny-prototypes' } });
    expect((await http.app.inject({ method: 'DELETE', url: '/tasks/chunked', headers })).statusCode).toBe(
      204,
    );
  });

  it.each(['null', '{}', '""'])('accepts a JSON body without content: %s', async (payload) => {
    const adapted = await http.app.inject({ method: 'POST', url: '/tasks/long/adapt', payload: long });
    const url = `/tasks/long/adaptations/${adapted.json().id}/cancel`;
    const json = { 'content-type': 'application/json' };
    const cancelled = await http.app.inject({ method: 'POST', url, headers: json, payload });
    expect(cancelled.json().status).toBe('cancelled');
  });
});

describe('a call that takes a body', () => {
  it.each([{ 'content-type': 'application/json' }, {}])(
    'says that it came without one: %j',
    async (headers) => {
      for (const url of ['/tasks/none/adapt', '/tasks/none/predict', '/v2/models/none/infer']) {
        const answer = await http.app.inject({ method: 'POST', url, headers });
        expect(answer.statusCode).toBe(400);
        expect(JSON.stringify(answer.json())).toMatch(/Expected a body, got none/);
      }
    },
  );

  it('refuses an empty body in chunks, and says that it is empty', async () => {
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const answer = await http.app.inject({ method: 'POST', url: '/tasks/none/adapt', headers });
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(answer.json().detail).toBe('Expected a body, got none');
  });

  it('accepts a body as usual', async () => {
    const answer = await http.app.inject({ method: 'POST', url: '/tasks/some/adapt', payload: points });
    expect([200, 202]).toContain(answer.statusCode);
  });
});
