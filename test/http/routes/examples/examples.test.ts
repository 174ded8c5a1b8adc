import { describe, expect, it } from 'vitest';
import { points, steps } from '../../support/bodies.ts';
import { startApp } from '../../support/start-app.ts';

const wait = { prefer: 'wait=20' };
const http = startApp();

const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
  http.app.inject({ method, url, headers: wait, ...(payload && { payload }) });
const adapted = async (task: string) => (await call('POST', `/tasks/${task}/adapt`, points)).json();
const list = async (task: string, query = '') =>
  (await call('GET', `/tasks/${task}/examples${query}`)).json();
const taskOf = async (task: string) => (await call('GET', `/tasks/${task}`)).json();

describe('GET /tasks/{task}/examples', () => {
  it('lists the examples in pages, without their contents', async () => {
    await adapted('listed');
    const first = await list('listed', '?limit=2');
    expect(first).toMatchObject({ object: 'list', hasMore: true });
    expect(first.data[0]).toEqual({
      id: expect.stringMatching(/^ex_[0-9a-f]{32}$/),
      object: 'example',
      kind: 'tensor',
      label: expect.any(String),
      weight: 1,
      source: 'adapt',
      confirmed: false,
      createdAt: expect.any(String),
      size: 8,
      content: `examples/${first.data[0].id}/content`,
    });
    const rest = await list('listed', `?limit=100&after=${encodeURIComponent(first.nextCursor)}`);
    expect(rest.hasMore).toBe(false);
    expect(first.data.length + rest.data.length).toBe(points.support.length);
  });

  it('lists the examples of one request in its order', async () => {
    const labels = Array.from({ length: 20 }, (_, i) => `label ${(7 * i) % 20}`);
    const support = labels.map((label, i) => ({ label, input: [i, 1] }));
    await call('POST', '/tasks/ordered/adapt', { ...points, support });
    const { data } = await list('ordered', '?limit=100');
    expect(data.map(({ label }: { label: string }) => label)).toEqual(labels);
  });

  it('filters by label and source, and refuses other values', async () => {
    await adapted('filtered');
    const label = points.support[0]?.label ?? '';
    const found = await list('filtered', `?label=${label}&source=adapt`);
    expect(found.data.map((each: { label: string }) => each.label)).toEqual(
      points.support.filter((each) => each.label === label).map(() => label),
    );
    expect(await list('filtered', '?source=feedback')).toMatchObject({ data: [] });
    expect(await list('filtered', '?source=elsewhere')).toMatchObject({ code: 'invalid_request' });
    expect(await list('filtered', '?after=x')).toMatchObject({ code: 'invalid_request' });
  });

  it('is empty before examples are sent, and 404 without the task', async () => {
    await http.app.inject({ method: 'PUT', url: '/tasks/bare', payload: { model: 'tiny-gradients' } });
    expect(await list('bare')).toMatchObject({ data: [], nextCursor: null });
    expect(await list('nowhere')).toMatchObject({ status: 404, code: 'task_not_found' });
  });
});

describe('an example', () => {
  it('is read, relabelled and erased by its id', async () => {
    await adapted('edited');
    const [{ id }] = (await list('edited', '?label=left')).data;
    const url = `/tasks/edited/examples/${id}`;
    expect((await call('GET', url)).json()).toMatchObject({ id, content: `${id}/content` });
    const relabelled = await call('PATCH', url, { label: 'new' });
    expect([relabelled.statusCode, relabelled.json()]).toMatchObject([200, { id, label: 'new' }]);
    expect((await taskOf('edited')).stale).toBe(true);
    const again = (await call('POST', '/tasks/edited/readapt')).json();
    expect(again.support.labels).toMatchObject({ new: 1 });
    expect(await taskOf('edited')).toMatchObject({ stale: false, current: again.id });

    const erased = await call('DELETE', url);
    expect([erased.statusCode, erased.json()]).toEqual([
      200,
      { object: 'erasure', examples: 1, adaptations: expect.arrayContaining([again.id]) },
    ]);
    expect((await call('DELETE', url)).json()).toMatchObject({ status: 404, code: 'example_not_found' });
    expect(await taskOf('edited')).toMatchObject({ stale: true, current: null });
    const predict = (body: object) => call('POST', '/tasks/edited/predict', body);
    expect((await predict({ inputs: [[0, 0]] })).json()).toMatchObject({
      status: 409,
      code: 'task_not_adapted',
    });
    expect((await predict({ inputs: [[0, 0]], options: { adaptation: again.id } })).json()).toMatchObject({
      status: 410,
      code: 'adaptation_erased',
    });
    const record = (await call('GET', `/tasks/edited/adaptations/${again.id}`)).json();
    expect(record).toMatchObject({ status: 'erased', losses: [], report: null });
    expect((await call('POST', '/tasks/edited/readapt')).json()).toMatchObject({ status: 'succeeded' });
  });

  it.each([
    ['nothing', {}, 400, 'invalid_request'],
    ['a label and a target', { label: 'x', target: 1 }, 400, 'invalid_request'],
    ['a target', { target: [1] }, 400, 'invalid_support_set'],
    ['an empty label', { label: '' }, 400, 'invalid_request'],
    ['another member', { label: 'x', input: [1, 2] }, 400, 'invalid_request'],
  ])('does not become %s', async (what, payload, status, code) => {
    const task = what.replaceAll(' ', '-');
    await adapted(task);
    const before = await list(task);
    const [{ id }] = before.data;
    const refused = (await call('PATCH', `/tasks/${task}/examples/${id}`, payload)).json();
    expect(refused).toMatchObject({ status, code, expected: expect.any(String), got: expect.any(String) });
    expect(await list(task)).toEqual(before);
    expect((await taskOf(task)).stale).toBe(false);
  });

  it('of another task, and one that never was, is not found', async () => {
    await adapted('mine');
    await adapted('other');
    const [{ id }] = (await list('other')).data;
    for (const each of [id, 'ex_none', `ex_${'0'.repeat(32)}`])
      for (const [method, payload] of [['GET'], ['PATCH', { label: 'x' }], ['DELETE']] as const)
        expect((await call(method, `/tasks/mine/examples/${each}`, payload)).json()).toMatchObject({
          status: 404,
          code: 'example_not_found',
        });
  });
});

describe('DELETE /tasks/{task}/examples', () => {
  it('erases by label, and refuses to erase all by mistake', async () => {
    await adapted('some');
    const refused = (await call('DELETE', '/tasks/some/examples')).json();
    expect(refused).toMatchObject({ status: 400, code: 'invalid_request' });
    const label = points.support[0]?.label ?? '';
    const erased = (await call('DELETE', `/tasks/some/examples?label=${label}`)).json();
    expect(erased.examples).toBe(points.support.filter((each) => each.label === label).length);
    expect((await list('some')).data.every((each: { label: string }) => each.label !== label)).toBe(true);
    expect((await call('DELETE', '/tasks/some/examples?source=feedback')).json()).toEqual({
      object: 'erasure',
      examples: 0,
      adaptations: [],
    });
  });
});

describe('POST /tasks/{task}/adaptations/{id}/activate', () => {
  it('rolls back, and answers 404, 409 and 410 for what cannot be activated', async () => {
    const first = (await call('POST', '/tasks/versions/adapt', steps)).json();
    const second = (await call('POST', '/tasks/versions/readapt', { settings: { steps: 1 } })).json();
    const activate = (id: string) => call('POST', `/tasks/versions/adaptations/${id}/activate`);
    const activated = await activate(first.id);
    expect([activated.statusCode, activated.json().id]).toEqual([200, first.id]);
    expect((await taskOf('versions')).current).toBe(first.id);
    const settings = { steps: 100, rate: 1e30 };
    const failed = (await call('POST', '/tasks/versions/readapt', { settings })).json();
    expect((await activate(failed.id)).json()).toMatchObject({
      status: 409,
      code: 'adaptation_not_succeeded',
    });
    expect((await activate('adp_none')).json()).toMatchObject({ status: 404, code: 'adaptation_not_found' });
    const [{ id }] = (await list('versions')).data;
    await call('DELETE', `/tasks/versions/examples/${id}`);
    expect((await activate(second.id)).json()).toMatchObject({ status: 410, code: 'adaptation_erased' });
  });
});

describe('POST /tasks/{task}/compare', () => {
  it('answers how many inputs agree, and both answers where they differ', async () => {
    const first = await adapted('compared');
    const support = points.support.map((each) => ({ ...each, label: `not ${each.label}` }));
    const second = (await call('POST', '/tasks/compared/adapt', { ...points, support })).json();
    const compare = async (ids: readonly string[], inputs: readonly unknown[]) =>
      (await call('POST', '/tasks/compared/compare', { adaptations: ids, inputs })).json();
    const inputs = points.support.map(({ input }) => input);
    expect(await compare([first.id, first.id], inputs)).toMatchObject({
      object: 'comparison',
      task: 'compared',
      inputs: inputs.length,
      agreement: 1,
      differences: [],
    });
    const other = await compare([first.id, second.id], inputs);
    expect(other).toMatchObject({
      agreement: 0,
      adaptations: [{ id: first.id }, { id: second.id }],
      differences: inputs.map((_, input) => ({ input })),
    });
    const [{ predictions }] = other.differences;
    expect(predictions[1].label).toBe(`not ${predictions[0].label}`);
    expect(await compare([first.id], inputs)).toMatchObject({ status: 400, pointer: '/adaptations' });
    expect(
      await compare(
        [first.id, second.id],
        [
          [1, 2],
          ['x', 1],
        ],
      ),
    ).toMatchObject({
      code: 'invalid_input',
      pointer: '/inputs/1/0',
    });
    expect(await compare([first.id, 'adp_none'], inputs)).toMatchObject({ code: 'adaptation_not_found' });
  });
});
