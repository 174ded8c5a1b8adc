import { describe, expect, it } from 'vitest';
import { points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
const put = (task: string, payload: object) =>
  http.app.inject({ method: 'PUT', url: `/tasks/${task}`, payload });
const get = (url: string) => http.app.inject({ url });

describe('PUT /tasks/{task}', () => {
  it('creates with 201, and answers 200 afterwards', async () => {
    const first = await put('made', { model: 'tiny-prototypes', metadata: { customer: '42' } });
    expect(first.statusCode).toBe(201);
    expect(first.json()).toEqual({
      id: 'made',
      object: 'task',
      model: 'tiny-prototypes',
      metadata: { customer: '42' },
      packageUpdates: 'pin',
      monitor: false,
      keep: null,
      memory: null,
      defaults: {},
      createdAt: expect.stringMatching(/Z$/),
      current: null,
      labels: null,
      residency: null,
      stale: false,
    });
    const second = await put('made', { metadata: { customer: '43' } });
    expect(second.statusCode).toBe(200);
    expect(second.json()).toEqual({ ...first.json(), metadata: { customer: '43' } });
  });

  it.each([
    ['packageUpdates', 'follow', 'pin'],
    ['monitor', true, false],
    ['keep', { predictions: 100, hours: 24 }, null],
    ['memory', { last: 200 }, null],
    ['defaults', { reject: { coverage: 0.9 }, set: 0.8, explain: true }, {}],
  ])('stores the setting %s, keeps it, and takes it back', async (name, value, before) => {
    const task = `with-${name}`;
    await put(task, { model: 'tiny-prototypes' });
    const changed = await put(task, { [name]: value });
    expect(changed.json()[name]).toEqual(value);
    expect((await put(task, { metadata: { a: 'b' } })).json()[name]).toEqual(value);
    expect((await put(task, { [name]: before })).json()[name]).toEqual(before);
  });

  it.each([
    [{ monitor: 'yes' }, '/monitor'],
    [{ keep: { predictions: 0, hours: 1 } }, '/keep'],
    [{ keep: { predictions: 10 } }, '/keep'],
    [{ memory: { last: 1.5 } }, '/memory'],
    [{ defaults: { set: 1 } }, '/defaults/set'],
    [{ defaults: { coverage: 1 } }, '/defaults'],
  ])('refuses the settings %j', async (settings, pointer) => {
    const answer = await put('made', settings);
    expect(answer.statusCode).toBe(400);
    expect(JSON.stringify(answer.json())).toContain(pointer);
  });

  it('refuses another model with 409 and keeps the task as it was', async () => {
    await put('kept', { model: 'tiny-curve' });
    const answer = await put('kept', { model: 'tiny-prototypes', metadata: { a: 'b' } });
    expect(answer.statusCode).toBe(409);
    expect(answer.json().code).toBe('model_conflict');
    expect((await get('/tasks/kept')).json()).toMatchObject({ model: 'tiny-curve', metadata: {} });
  });

  it('needs a model for a new task', async () => {
    const answer = await put('modelless', {});
    expect(answer.statusCode).toBe(400);
    expect(answer.json().code).toBe('model_required');
  });
});

describe('GET /tasks/{task}', () => {
  it('contains the labels and the storage place of the state after an adaptation', async () => {
    const headers = { prefer: 'wait=20' };
    const adapted = await http.app.inject({
      method: 'POST',
      url: '/tasks/told/adapt',
      payload: points,
      headers,
    });
    expect((await get('/tasks/told')).json()).toMatchObject({
      current: adapted.json().id,
      labels: ['left', 'right'],
      residency: expect.stringMatching(/^(memory|cache)$/),
    });
  });

  it('answers 404 for an unknown task', async () => {
    const answer = await get('/tasks/nobody');
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ code: 'task_not_found', status: 404, instance: '/tasks/nobody' });
  });
});

describe('GET /tasks', () => {
  it('lists every task once over pages joined by cursors', async () => {
    const names = ['page-a', 'page-b', 'page-c', 'page-d', 'page-e'];
    for (const name of names) await put(name, { model: 'tiny-curve' });
    const seen: string[] = [];
    let url = '/tasks?limit=2';
    for (;;) {
      const page = (await get(url)).json();
      expect(page.object).toBe('list');
      expect(page.data.length).toBeLessThanOrEqual(2);
      expect(page.hasMore).toBe(page.nextCursor !== null);
      seen.push(...page.data.map(({ id }: { id: string }) => id));
      if (!page.hasMore) break;
      url = `/tasks?limit=2&after=${encodeURIComponent(page.nextCursor)}`;
    }
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toEqual(expect.arrayContaining(names));
  });
});

describe('DELETE /tasks/{task}', () => {
  it('deletes with 204, and answers 404 afterwards', async () => {
    await put('gone', { model: 'tiny-curve' });
    const answer = await http.app.inject({ method: 'DELETE', url: '/tasks/gone' });
    expect({ status: answer.statusCode, body: answer.body }).toEqual({ status: 204, body: '' });
    expect((await get('/tasks/gone')).statusCode).toBe(404);
    expect((await http.app.inject({ method: 'DELETE', url: '/tasks/gone' })).statusCode).toBe(404);
  });
});
