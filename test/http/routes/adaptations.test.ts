import { describe, expect, it } from 'vitest';
import { long, steps } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
const adapt = async (task: string, payload: object, headers = {}) =>
  (await http.app.inject({ method: 'POST', url: `/tasks/${task}/adapt`, payload, headers })).json();
const get = (url: string) => http.app.inject({ url });
const cancel = (task: string, id: string) =>
  http.app.inject({ method: 'POST', url: `/tasks/${task}/adaptations/${id}/cancel` });

describe('GET /tasks/{task}/adaptations', () => {
  it('lists the newest first, in pages', async () => {
    const ids: string[] = [];
    for (const seed of [1, 2, 3]) {
      ids.unshift((await adapt('many', { ...steps, settings: { seed } }, { prefer: 'wait=20' })).id);
    }
    const first = (await get('/tasks/many/adaptations?limit=2')).json();
    const rest = (await get(`/tasks/many/adaptations?limit=2&after=${first.nextCursor}`)).json();
    expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(ids);
    expect({ first: first.hasMore, rest: rest.hasMore }).toEqual({ first: true, rest: false });
  });

  it('answers 404 for an unknown task', async () => {
    const answer = await get('/tasks/unknown/adaptations');
    expect(answer.statusCode).toBe(404);
    expect(answer.json().code).toBe('task_not_found');
  });
});

describe('GET /tasks/{task}/adaptations/{id}', () => {
  it('answers the record that adapt answered', async () => {
    const adapted = await adapt('one', steps, { prefer: 'wait=20' });
    expect((await get(`/tasks/one/adaptations/${adapted.id}`)).json()).toEqual(adapted);
  });

  it("answers 404 for another task's adaptation", async () => {
    const adapted = await adapt('mine', steps, { prefer: 'wait=20' });
    await adapt('theirs', steps, { prefer: 'wait=20' });
    const answer = await get(`/tasks/theirs/adaptations/${adapted.id}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json().code).toBe('adaptation_not_found');
  });
});

describe('POST /tasks/{task}/adaptations/{id}/cancel', () => {
  it('cancels a run, and does nothing the second time', async () => {
    const { id } = await adapt('cancelled', long);
    const first = await cancel('cancelled', id);
    expect(first.statusCode).toBe(200);
    expect(first.json()).toMatchObject({ id, status: 'cancelled' });
    const second = await cancel('cancelled', id);
    expect({ status: second.statusCode, body: second.json() }).toEqual({ status: 200, body: first.json() });
    const record = await http.service.adaptation('default', 'cancelled', id);
    const settled = await http.service.waitUntilEnded(record, AbortSignal.timeout(20_000));
    expect(settled.status).toBe('cancelled');
  });

  it('answers 409 once it has succeeded', async () => {
    const { id } = await adapt('ended', steps, { prefer: 'wait=20' });
    const answer = await cancel('ended', id);
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ code: 'adaptation_ended', got: 'succeeded' });
  });
});
