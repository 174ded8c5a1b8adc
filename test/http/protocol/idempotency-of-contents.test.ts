import { describe, expect, it } from 'vitest';
import { type Body, contentRequests } from '../support/contents.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ byKind: true });
const send = (task: string, { payload, headers, query }: Body, key: string, more = '') =>
  http.app.inject({
    method: 'POST',
    url: `/tasks/${task}/adapt?${[query, more].filter(Boolean).join('&')}`,
    payload,
    headers: { prefer: 'wait=20', 'idempotency-key': key, ...headers },
  });
const examplesOf = async (task: string) =>
  (await http.app.inject({ url: `/tasks/${task}/adaptations` })).json().data[0].support.examples;

describe.each(contentRequests)('Idempotency-Key with $name', ({ name, model, adapt, other }) => {
  const task = name.replaceAll(' ', '-');

  it('makes an append safe to send again', async () => {
    const first = await send(task, adapt, 'first');
    expect(first.statusCode, first.body).toBe(200);
    expect(first.json()).toMatchObject({
      error: null,
      status: 'succeeded',
      model: expect.stringContaining(`${model}@`),
    });
    if (adapt.headers['content-type'] === 'application/json') return;
    const appended = await send(task, adapt, 'append', 'mode=append');
    const again = await send(task, adapt, 'append', 'mode=append');
    expect(again.statusCode).toBe(200);
    expect(again.json()).toEqual(appended.json());
    const count = first.json().support.examples;
    expect(await examplesOf(task)).toBe(2 * count);
    expect((await send(task, adapt, 'second', 'mode=append')).json().support.examples).toBe(3 * count);
  });

  it('returns the same adaptation to concurrent requests', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => send(`${task}-at-once`, adapt, 'k')));
    expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(1);
  });

  it('refuses other content under a key, and changes nothing', async () => {
    const first = await send(`${task}-other`, adapt, 'k');
    const refused = await send(`${task}-other`, other, 'k');
    expect(refused.json()).toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
      expected: expect.any(String),
      got: expect.any(String),
    });
    const { data } = (await http.app.inject({ url: `/tasks/${task}-other/adaptations` })).json();
    expect(data.map(({ id }: { id: string }) => id)).toEqual([first.json().id]);
  });
});

it('empty metadata are other content than no metadata, because they remove those of the task', async () => {
  const support = [
    { label: 'a', input: 'one' },
    { label: 'b', input: 'another' },
  ];
  const ask = (body: object, key: string) =>
    http.app.inject({
      method: 'POST',
      url: '/tasks/metadata/adapt',
      payload: { support, ...body },
      headers: { prefer: 'wait=20', 'idempotency-key': key },
    });
  const metadataOf = async () => (await http.app.inject({ url: '/tasks/metadata' })).json().metadata;
  await ask({ metadata: { customer: '42' } }, 'first');
  await ask({}, 'kept');
  expect(await metadataOf()).toEqual({ customer: '42' });
  expect((await ask({ metadata: {} }, 'kept')).json().code).toBe('idempotency_key_reused');
  await ask({ metadata: {} }, 'removed');
  expect(await metadataOf()).toEqual({});
});
