import type { InjectOptions } from 'fastify';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { long, points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ environment: { HOST: '0.0.0.0' } });

interface Operation {
  readonly operationId: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** `/tasks/{task}` */
  readonly path: string;
}

const inference = { inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [0, 0] }] };

/** The bodies of operations that take one. They name no model, because then adapt would create a task under an unused name. */
const bodies: Readonly<Record<string, object>> = {
  putTask: {},
  adapt: { support: points.support },
  predict: { inputs: [[0, 0]] },
  inferModel: inference,
  inferVersion: inference,
};

interface Described {
  readonly security?: readonly object[];
  readonly paths?: Readonly<
    Record<string, Readonly<Record<string, { readonly operationId: string; readonly security?: object[] }>>>
  >;
}

function operations(): Operation[] {
  const { paths = {} } = http.app.swagger() as unknown as Described;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      operationId,
      method: method.toUpperCase() as Operation['method'],
      path,
    })),
  );
}

/** A tenant with a key. */
async function bearer(tenant: string, expiresAt: Date | null = null) {
  const { key, token } = await http.keys.issue(tenant, { expiresAt });
  const headers = { authorization: `Bearer ${token}` };
  const send = (request: InjectOptions) =>
    http.app.inject({ ...request, headers: { ...headers, ...request.headers } });
  const adapt = (task: string, payload: object) =>
    send({ method: 'POST', url: `/tasks/${task}/adapt`, payload, headers: { prefer: 'wait=20' } });
  return { id: key.id, token, send, adapt };
}

type Bearer = Awaited<ReturnType<typeof bearer>>;

function requestOf({ operationId, method, path }: Operation, names: Readonly<Record<string, string>>) {
  const url = path.replace(/\{(\w+)\}/g, (_, name) => names[name] ?? '');
  const payload = bodies[operationId];
  return payload ? { method, url, payload } : { method, url };
}

const isOpen = ({ path }: Operation) => /^\/(v2\/)?health\//.test(path);
const names = { task: 'any', id: 'adp_any', name: 'tiny-curve' };

describe('without a valid key', () => {
  async function expectUnauthorized(authorization: string | undefined, challenge: string) {
    for (const operation of operations().filter((each) => !isOpen(each))) {
      const request = requestOf(operation, names);
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await http.app.inject({ ...request, headers });
      expect([operation.operationId, answer.statusCode]).toEqual([operation.operationId, 401]);
      expect(answer.headers['www-authenticate']).toBe(challenge);
      if (operation.path.startsWith('/v2')) {
        expect(answer.json()).toEqual({ error: expect.stringMatching(/^Expected a/) });
        continue;
      }
      expect(answer.json().code).toBe('unauthorized');
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
  }

  it('covers every operation of the API', () => {
    expect(operations().length).toBeGreaterThan(20);
  });

  it.each([undefined, '', 'Basic dXNlcjpwYXNz', 'Bearer', 'il_000000000000_x', 'Bearer a b'])(
    'no operation answers %j',
    (authorization) => expectUnauthorized(authorization, 'Bearer realm="innerloop"'),
  );

  it('no operation answers a revoked key', async () => {
    const { id, token } = await bearer('acme');
    await http.keys.revoke(id);
    await expectUnauthorized(`Bearer ${token}`, 'Bearer realm="innerloop", error="invalid_token"');
  });

  it('no operation answers an expired key', async () => {
    const { send, token } = await bearer('acme', new Date(Date.now() + 50));
    const isRefused = async () => expect((await send({ url: '/models' })).statusCode).toBe(401);
    await vi.waitFor(isRefused, { timeout: 10_000 });
    await expectUnauthorized(`Bearer ${token}`, 'Bearer realm="innerloop", error="invalid_token"');
  });

  it('an unknown route gets the same answer as a known one', async () => {
    expect((await http.app.inject({ url: '/nope' })).statusCode).toBe(401);
    expect((await http.app.inject({ url: '/v2/nope' })).statusCode).toBe(401);
    expect((await http.app.inject({ method: 'PATCH', url: '/tasks' })).statusCode).toBe(401);
  });

  it('does not read the body', async () => {
    const url = '/tasks/any/adapt';
    for (const type of ['application/json', 'text/plain', 'multipart/form-data']) {
      const headers = { 'content-type': type };
      const answer = await http.app.inject({ method: 'POST', url, payload: '{"model', headers });
      expect(answer.statusCode).toBe(401);
    }
  });

  it.each([
    '/',
    '/docs',
    '/docs/',
    '/docs/static/swagger-ui.css',
    '/openapi.json',
    '/health/live',
    '/health/ready',
    '/v2/health/live',
    '/v2/health/ready',
  ])('%s is public', async (url) => {
    expect((await http.app.inject({ url })).statusCode).toBeLessThan(400);
  });

  it.each([
    '/docs/../models',
    '//models',
    '/docs/%2e%2e/models',
    '/health/../tasks',
    '/openapi.json/../models',
  ])('%s does not avoid the key', async (url) => {
    expect([401, 404]).toContain((await http.app.inject({ url })).statusCode);
  });

  it('the API description says which operations need a key', () => {
    const { paths = {}, security } = http.app.swagger() as unknown as Described;
    expect(security).toEqual([{ key: [] }]);
    for (const operation of operations()) {
      const told = paths[operation.path]?.[operation.method.toLowerCase()]?.security;
      expect(told, operation.operationId).toEqual(isOpen(operation) ? [] : undefined);
    }
  });
});

describe('a valid key', () => {
  it('is accepted, with the scheme in upper or lower case', async () => {
    const { send, token } = await bearer('acme');
    expect((await send({ url: '/tasks' })).statusCode).toBe(200);
    const headers = { authorization: `bearer  ${token}` };
    expect((await http.app.inject({ url: '/tasks', headers })).statusCode).toBe(200);
  });

  it('gets 404 for an unknown route', async () => {
    const { send } = await bearer('acme');
    expect((await send({ url: '/nope' })).json()).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('is refused within a second of being revoked', async () => {
    const { id, send } = await bearer('acme');
    expect((await send({ url: '/tasks' })).statusCode).toBe(200);
    await http.keys.revoke(id);
    const refused = async () => expect((await send({ url: '/tasks' })).statusCode).toBe(401);
    await vi.waitFor(refused, { timeout: 1500 });
  });
});

describe('two tenants', () => {
  let [ours, theirs]: Bearer[] = [];
  const owner = () => ours as Bearer;
  const stranger = () => theirs as Bearer;
  const task = 'runes-of-ours';
  let adaptation = '';

  beforeAll(async () => {
    [ours, theirs] = [await bearer('ours'), await bearer('theirs')];
    adaptation = (await owner().adapt(task, points)).json().id;
  });

  /** An answer without ids of requests, and with `to` in place of `from`. */
  async function told(request: InjectOptions, from: readonly string[], to: readonly string[]) {
    const { statusCode, headers, body } = await stranger().send(request);
    const { 'x-request-id': _, date: __, ...rest } = headers;
    return {
      status: statusCode,
      headers: rest,
      body: from.reduce((text, name, i) => text.replaceAll(name, to[i] ?? ''), body),
    };
  }

  it('get the same answer for an id of the other tenant as for an unknown id', async () => {
    const others = { task, id: adaptation };
    const unknown = { task: 'runes-of-them', id: `adp_${'0'.repeat(adaptation.length - 4)}` };
    const ofTasks = operations().filter(({ path }) => path.includes('{task}'));
    expect(ofTasks.length).toBeGreaterThanOrEqual(15);
    const [from, to] = [Object.values(others), Object.values(unknown)];
    for (const operation of ofTasks) {
      const answer = await told(requestOf(operation, others), from, to);
      expect(answer).toEqual(await told(requestOf(operation, unknown), [], []));
      // Each tenant can use any task name. With a model, these two calls would create a task of the caller.
      const makes = ['putTask', 'adapt'].includes(operation.operationId);
      expect([operation.operationId, answer.status]).toEqual([operation.operationId, makes ? 400 : 404]);
      expect(answer.body).not.toContain('tiny-prototypes');
    }
    expect((await owner().send({ url: `/tasks/${task}` })).json().current).toBe(adaptation);
  });

  it('see no data of a task of the same name of the other tenant', async () => {
    const mine = {
      ...points,
      support: points.support.map((each) => ({ ...each, label: `my ${each.label}` })),
    };
    const own = (await stranger().adapt(task, mine)).json();
    expect(own).toMatchObject({ status: 'succeeded' });
    for (const path of ['', '/events']) {
      const url = `/tasks/${task}/adaptations/${adaptation}${path}`;
      expect((await stranger().send({ url })).json()).toMatchObject({ code: 'adaptation_not_found' });
    }
    const cancel = `/tasks/${task}/adaptations/${adaptation}/cancel`;
    expect((await stranger().send({ method: 'POST', url: cancel })).statusCode).toBe(404);

    const predict = async (who: Bearer) => {
      const payload = { inputs: [[-1, 0]] };
      return (await who.send({ method: 'POST', url: `/tasks/${task}/predict`, payload })).json();
    };
    expect((await predict(owner())).predictions[0].label).toBe('left');
    expect((await predict(stranger())).predictions[0].label).toBe('my left');

    const ids = async (who: Bearer) =>
      (await who.send({ url: `/tasks/${task}/adaptations` })).json().data.map(({ id }: { id: string }) => id);
    expect([await ids(owner()), await ids(stranger())]).toEqual([[adaptation], [own.id]]);
  });

  it('list and delete only their own tasks', async () => {
    await owner().send({ method: 'PUT', url: '/tasks/only-ours', payload: { model: 'tiny-curve' } });
    await stranger().send({ method: 'PUT', url: '/tasks/only-theirs', payload: { model: 'tiny-curve' } });
    await stranger().send({ method: 'PUT', url: `/tasks/${task}`, payload: { model: 'tiny-prototypes' } });
    const list = async (who: Bearer) => (await who.send({ url: '/tasks?limit=100' })).body;
    expect(await list(owner())).not.toContain('only-theirs');
    expect(await list(stranger())).not.toContain('only-ours');
    expect((await stranger().send({ method: 'DELETE', url: `/tasks/${task}` })).statusCode).toBe(204);
    expect((await owner().send({ url: `/tasks/${task}` })).statusCode).toBe(200);
  });

  it('cannot follow, wait for or cancel adaptations of the other tenant', async () => {
    const submit = { method: 'POST', url: '/tasks/long/adapt', payload: long } as const;
    const { id } = (await owner().send(submit)).json();
    const url = `/tasks/long/adaptations/${id}`;
    expect((await stranger().send({ url: `${url}/events` })).statusCode).toBe(404);
    expect((await stranger().send({ method: 'POST', url: `${url}/cancel` })).statusCode).toBe(404);
    expect((await owner().send({ url })).json().status).toMatch(/queued|running/);
    expect((await owner().send({ method: 'POST', url: `${url}/cancel` })).json().status).toMatch(
      /cancelled|running/,
    );
  });
});
