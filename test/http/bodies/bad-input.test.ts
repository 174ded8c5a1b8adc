import { describe, expect, it } from 'vitest';
import { points } from '../support/bodies.ts';
import type { Fault } from '../support/fault.ts';
import { adaptFaults, predictFaults } from '../support/service-faults.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
describe('POST /tasks/{task}/adapt refuses', () => {
  it.each(Object.entries(adaptFaults))('%s, and stores nothing', async (what, fault) => {
    const task = `bad-${Object.keys(adaptFaults).indexOf(what)}`;
    const headers = fault.headers ?? {};
    const payload = fault.body as object;
    const answer = await http.app.inject({ method: 'POST', url: `/tasks/${task}/adapt`, payload, headers });
    expectProblem(answer, fault, `/tasks/${task}/adapt`);
    expect((await http.app.inject({ url: `/tasks/${task}` })).statusCode).toBe(404);
  });

  it('bad input, and the good adaptation stays current', async () => {
    const url = '/tasks/good/adapt';
    const good = await http.app.inject({
      method: 'POST',
      url,
      payload: points,
      headers: { prefer: 'wait=20' },
    });
    const worse = await http.app.inject({
      method: 'POST',
      url,
      payload: { support: [{ label: 'left', input: [1] }] },
    });
    expect(worse.statusCode).toBe(400);
    const task = (await http.app.inject({ url: '/tasks/good' })).json();
    const adaptations = (await http.app.inject({ url: '/tasks/good/adaptations' })).json();
    expect(task.current).toBe(good.json().id);
    expect(adaptations.data).toEqual([good.json()]);
  });
});

describe('POST /tasks/{task}/predict refuses', () => {
  it.each(Object.entries(predictFaults))('%s', async (_what, fault) => {
    await http.app.inject({
      method: 'POST',
      url: '/tasks/ready/adapt',
      payload: points,
      headers: { prefer: 'wait=20' },
    });
    const headers = fault.headers ?? {};
    const payload = fault.body as object;
    const answer = await http.app.inject({ method: 'POST', url: '/tasks/ready/predict', payload, headers });
    expectProblem(answer, fault, '/tasks/ready/predict');
  });
});

describe('every route refuses', () => {
  it.each(['.hidden', 'a b', 'ä', `${'x'.repeat(129)}`, '%00', 'x'.repeat(400)])(
    'a task called %j',
    async (task) => {
      const answer = await http.app.inject({
        method: 'PUT',
        url: `/tasks/${encodeURIComponent(task)}`,
        payload: {},
      });
      expect(answer.statusCode).toBe(400);
      expect(answer.json().code).toBe('invalid_request');
    },
  );

  it('a path that is not UTF-8, or not of this API', async () => {
    const broken = await http.app.inject({ url: '/tasks/%ff' });
    expect({ status: broken.statusCode, code: broken.json().code }).toEqual({
      status: 400,
      code: 'invalid_request',
    });
    const unknown = await http.app.inject({ url: '/task/x?y=1' });
    expect(unknown.json()).toMatchObject({ status: 404, code: 'not_found', instance: '/task/x' });
  });

  it.each([
    [{ keep: 5 }, 'Expected an object or null at /keep, got 5'],
    [{ defaults: { reject: 5 } }, 'Expected true or false or an object at /defaults/reject, got 5'],
  ])('the wrong type in %j, and names the types that fit', async (payload, detail) => {
    const answer = await http.app.inject({ method: 'PUT', url: '/tasks/typed', payload });
    expect(answer.json()).toMatchObject({ status: 400, detail });
  });

  it('a misspelt query parameter, and lists the known ones', async () => {
    const answer = await http.app.inject({ url: '/tasks?limits=2' });
    expect(answer.json().detail).toBe('Expected one of limit, after in the query, got "limits"');
  });

  it.each(['limit=0', 'limit=101', 'limit=ten', 'after=', 'before=x'])('the query %s', async (query) => {
    const answer = await http.app.inject({ url: `/tasks?${query}` });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'invalid_request',
      expected: expect.any(String),
      got: expect.any(String),
    });
  });
});

function expectProblem(
  answer: { statusCode: number; headers: Record<string, unknown>; json(): Record<string, string> },
  { status, code, pointer, expected, got }: Fault,
  instance: string,
): void {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = answer.json();
  expect(problem).toMatchObject({ status, code, instance, type: `urn:innerloop:problem:${code}` });
  expect(answer.statusCode).toBe(status);
  expect(problem.title).not.toBe('');
  expect(problem.detail).not.toBe('');
  if (pointer !== undefined) expect(problem.pointer).toBe(pointer);
  if (expected) expect(problem.expected).toMatch(expected);
  if (got) expect(problem.got).toMatch(got);
}

it('waits only a limited time for a request to arrive', () => {
  expect(http.app.server.requestTimeout).toBeGreaterThan(0);
});

it('names the part of a form whose file is not a picture', async () => {
  const part = (name: string, filename: string, body: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n\r\n${body}\r\n`;
  const payload = `${part('knot', 'one.png', 'hello, I am text')}--b--\r\n`;
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const url = '/tasks/parts/adapt?model=tiny-glyph-prototypes';
  const answer = await http.app.inject({ method: 'POST', url, payload, headers });
  expect(answer.json()).toMatchObject({
    code: 'invalid_image',
    pointer: '/support/0/input',
    detail: expect.stringMatching(/start with "hello, I am " .*\(one\.png in "knot"\)$/),
  });
});

it('says where to put options instead of in a form', async () => {
  const payload = `--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nx\r\n--b--\r\n`;
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const answer = await http.app.inject({ method: 'POST', url: '/tasks/parts/adapt', payload, headers });
  expect(answer.json().detail).toMatch(/model in the query .*got text in the field "model"/);
});

it('shortens the name of a form field that is not a file', async () => {
  const name = 'n'.repeat(10_000);
  const payload = `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nx\r\n--b--\r\n`;
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const answer = await http.app.inject({ method: 'POST', url: '/tasks/bad-field/adapt', payload, headers });
  expect(answer.statusCode).toBe(400);
  expect(answer.body.length).toBeLessThan(1000);
});
