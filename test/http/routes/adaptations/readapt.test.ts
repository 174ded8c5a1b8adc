import { describe, expect, it } from 'vitest';
import { curve, points, steps } from '../../support/bodies.ts';
import { contentRequests } from '../../support/contents.ts';
import { startApp } from '../../support/start-app.ts';

const wait = { prefer: 'wait=20' };

describe('POST /tasks/{task}/readapt', () => {
  const http = startApp();
  const adapt = async (task: string, payload: object = steps) => {
    const answer = await http.app.inject({
      method: 'POST',
      url: `/tasks/${task}/adapt`,
      payload,
      headers: wait,
    });
    return answer.json();
  };
  const readapt = (task: string, payload?: object, headers: object = wait) =>
    http.app.inject({
      method: 'POST',
      url: `/tasks/${task}/readapt`,
      headers: { ...headers },
      ...(payload && { payload }),
    });
  const taskOf = async (task: string) => (await http.app.inject({ url: `/tasks/${task}` })).json();

  it('adapts to the stored examples with other settings, and the task answers with the result', async () => {
    const first = await adapt('settings');
    const answer = await readapt('settings', { settings: { steps: 1 } });
    expect(answer.statusCode).toBe(200);
    const again = answer.json();
    expect(answer.headers).toMatchObject({
      location: `adaptations/${again.id}`,
      'preference-applied': 'wait=20',
    });
    expect(again).toMatchObject({
      status: 'succeeded',
      model: first.model,
      support: first.support,
      settings: { ...first.settings, steps: 1 },
    });
    expect((await taskOf('settings')).current).toBe(again.id);
  });

  it('accepts at once without Prefer', async () => {
    await adapt('at-once');
    const answer = await readapt('at-once', { settings: { steps: 2 } }, {});
    expect(answer.statusCode).toBe(202);
    expect(answer.headers).toMatchObject({
      location: `adaptations/${answer.json().id}`,
      'retry-after': '1',
    });
  });

  it.each([
    ['no body', undefined],
    ['an empty object', {}],
  ])('is the same adaptation with %s, which changes nothing', async (what, payload) => {
    const task = what.replaceAll(' ', '-');
    const first = await adapt(task);
    const again = await readapt(task, payload);
    expect([again.statusCode, again.json().id]).toEqual([200, first.id]);
  });

  it('moves the task to another package that reads the same', async () => {
    const first = await adapt('moved', points);
    const moved = (await readapt('moved', { model: 'tiny-gradients' })).json();
    expect(moved).toMatchObject({ model: 'tiny-gradients@1.0.0', support: first.support });
    expect(await taskOf('moved')).toMatchObject({ model: 'tiny-gradients', current: moved.id });
  });

  it.each([
    [
      'a package that cannot read the examples',
      { model: 'tiny-glyph-gradients' },
      409,
      'examples_not_readable',
      '/model',
    ],
    ['a package for numbers to predict', { model: 'tiny-curve' }, 409, 'examples_not_readable', '/model'],
    ['an unknown package', { model: 'none' }, 404, 'model_not_found', '/model'],
    ['an unknown version', { model: 'tiny-gradients@9.9.9' }, 404, 'model_not_found', '/model'],
    ['an unknown member', { support: [] }, 400, 'invalid_request', '/support'],
    [
      'settings beyond their limits',
      { settings: { steps: 100_001 } },
      400,
      'invalid_settings',
      '/settings/steps',
    ],
    ['a list', [], 400, 'invalid_request', ''],
  ])(
    'refuses %s with field, expected and got, and changes nothing',
    async (what, payload, status, code, pointer) => {
      const task = what.replaceAll(' ', '-');
      const first = await adapt(task);
      const refused = await readapt(task, payload);
      expect(refused.json()).toMatchObject({
        status,
        code,
        pointer,
        expected: expect.any(String),
        got: expect.any(String),
      });
      expect(await taskOf(task)).toMatchObject({ model: 'tiny-gradients', current: first.id });
      const list = (await http.app.inject({ url: `/tasks/${task}/adaptations` })).json();
      expect(list.data).toHaveLength(1);
    },
  );

  it('has nothing to adapt to in a task without examples, or without the task', async () => {
    expect((await readapt('nowhere')).json()).toMatchObject({ status: 404, code: 'task_not_found' });
    await http.app.inject({ method: 'PUT', url: '/tasks/bare', payload: { model: 'tiny-curve' } });
    expect((await readapt('bare')).json()).toMatchObject({
      status: 409,
      code: 'task_not_adapted',
      expected: 'a task with examples',
      got: 'none',
    });
  });

  it('serves tasks that predict numbers', async () => {
    await adapt('numbers', curve);
    const again = (await readapt('numbers', { settings: { rate: 0.01 } })).json();
    expect(again).toMatchObject({ status: 'succeeded', settings: { rate: 0.01 }, support: { examples: 2 } });
  });
});

describe('POST /tasks/{task}/readapt of each kind of content', () => {
  const http = startApp({ byKind: true });
  const post = (url: string, payload: Buffer | string | object, headers: object = {}) =>
    http.app.inject({ method: 'POST', url, payload, headers: { ...wait, ...headers } });

  it.each(contentRequests)(
    'adapts to $name again, with the same answers',
    async ({ name, adapt, predict }) => {
      const url = `/tasks/${name.replaceAll(' ', '-')}`;
      const first = await post(`${url}/adapt?${adapt.query ?? ''}`, adapt.payload, adapt.headers);
      const before = await post(`${url}/predict`, predict.payload, predict.headers);
      const again = await post(`${url}/readapt`, { settings: { seed: 7 } });
      expect(again.json()).toMatchObject({
        status: 'succeeded',
        model: first.json().model,
        support: first.json().support,
      });
      expect(again.json().id).not.toBe(first.json().id);
      const after = await post(`${url}/predict`, predict.payload, predict.headers);
      expect(after.json().predictions).toEqual(before.json().predictions);
      expect(after.json().adaptation).toBe(again.json().id);
    },
  );

  it('moves a task to another package of the same encoder', async () => {
    const [texts] = contentRequests.filter(({ model }) => model === 'text');
    if (!texts) throw new Error('Expected a request with texts');
    await post('/tasks/moved/adapt', texts.adapt.payload, texts.adapt.headers);
    const moved = await post('/tasks/moved/readapt', { model: 'tiny-texts-steps', settings: { steps: 2 } });
    expect(moved.json()).toMatchObject({ status: 'succeeded', model: 'tiny-texts-steps@1.0.0' });
    const refused = await post('/tasks/moved/readapt', { model: 'photos' });
    expect(refused.json()).toMatchObject({
      code: 'examples_not_readable',
      expected: 'kind image',
      got: 'kind text',
    });
  });
});
