import { describe, expect, it } from 'vitest';
import { noMeter, noTracer } from '../../../src/ports/telemetry.ts';
import { startApp } from '../support/start-app.ts';

const measured: unknown[] = [];
const spans: string[] = [];
const http = startApp({
  metrics: { exposition: async () => 'metrics' },
  meter: {
    ...noMeter,
    histogram(_name, labels) {
      measured.push(labels);
      return { record: () => undefined };
    },
  },
  tracer: {
    start(name) {
      spans.push(name);
      return noTracer.start(name);
    },
  },
});

describe('a method that is not allowed at a path', () => {
  it.each([
    ['GET', '/tasks/x/predict', 'OPTIONS, POST'],
    ['PATCH', '/tasks', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/tasks', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/tasks/x', 'DELETE, GET, HEAD, OPTIONS, PUT'],
    ['GET', '/tasks/x/adaptations/adp_1/cancel', 'OPTIONS, POST'],
    ['POST', '/tasks/x/adaptations/adp_1/events', 'GET, HEAD, OPTIONS'],
    ['POST', '/health/live', 'GET, HEAD, OPTIONS'],
    ['PUT', '/metrics', 'GET, HEAD, OPTIONS'],
    ['POST', '/docs', 'GET, HEAD, OPTIONS'],
    ['POST', '/docs/', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/', 'GET, HEAD, OPTIONS'],
    ['TRACE', '/models/m', 'GET, HEAD, OPTIONS'],
    ['PROPFIND', '/tasks', 'GET, HEAD, OPTIONS'],
    ['QUERY', '/tasks/x/predict', 'OPTIONS, POST'],
    // Another path with a parameter has these methods.
    ['DELETE', '/tasks/x/examples/download', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/tasks/x/examples/%64ownload', 'GET, HEAD, OPTIONS'],
  ] as const)('gets 405 with the allowed methods: %s %s', async (method, url, allow) => {
    const answer = await http.app.inject({ method: method as 'GET', url });
    expect(answer.headers).toMatchObject({
      allow,
      'content-type': 'application/problem+json; charset=utf-8',
    });
    expect(answer.json()).toMatchObject({
      status: 405,
      code: 'method_not_allowed',
      expected: allow,
      got: method,
      instance: url,
    });
  });

  it.each([
    ['PUT', '/v2', 'GET, HEAD, OPTIONS'],
    ['POST', '/v2/', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/v2/models/x', 'GET, HEAD, OPTIONS'],
    ['GET', '/v2/models/x/infer', 'OPTIONS, POST'],
    ['POST', '/v2/health/ready', 'GET, HEAD, OPTIONS'],
  ] as const)('gets an error of the inference protocol at its paths: %s %s', async (method, url, allow) => {
    const answer = await http.app.inject({ method, url });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, allow]);
    expect(answer.json()).toEqual({ error: expect.stringContaining(method) });
  });

  it('leaves the methods of a path with a parameter as they are', async () => {
    const answer = await http.app.inject({ method: 'DELETE', url: '/tasks/x/examples/ex_1' });
    expect(answer.json()).toMatchObject({ code: 'task_not_found' });
  });

  it('is refused before its body is read, for any media type', async () => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await http.app.inject({ method: 'PATCH', url: '/tasks/x', headers, payload: 'text' });
    expect(answer.statusCode).toBe(405);
  });

  it.each(['/t%61sks', '/tasks?a=b', '/tasks/', '/tasks//adapt', '/tasks/%2F', '/docs/static/', '/v2/'])(
    'gets 405 wherever another method has a route: %s',
    async (url) => {
      expect((await http.app.inject({ method: 'PATCH', url })).statusCode).toBe(405);
    },
  );

  it.each(['/nope', '/tasks/x/nope', '/tasks/x/', '//tasks', '/docs/static', '/*'])(
    'gets 404 at an unknown path: %s',
    async (url) => {
      const answer = await http.app.inject({ method: 'PATCH', url });
      expect([answer.statusCode, answer.headers.allow]).toEqual([404, undefined]);
    },
  );

  it.each([
    ['application/json', {}, '{bad'],
    ['text/plain; charset=utf-16', {}, 'text'],
    ['application/json', { 'content-encoding': 'zstd' }, '{}'],
  ])('gets 404 at an unknown path before its body is read: %s %j', async (type, more, payload) => {
    for (const url of ['/nope?a=b', '/v2/nope']) {
      const headers = { 'content-type': type, ...more };
      const answer = await http.app.inject({ method: 'POST', url, headers, payload });
      expect(answer.statusCode).toBe(404);
    }
  });

  it('counts for its path in metrics and traces', async () => {
    const url = '/tasks/x/adaptations/adp_1/events';
    await http.app.inject({ method: 'PATCH', url });
    await http.app.inject({ method: 'PATCH', url: '/nope' });
    const route = '/tasks/:task/adaptations/:id/events';
    expect(measured).toContainEqual({ method: 'PATCH', route, status: '405' });
    expect(measured).toContainEqual({ method: 'PATCH', route: 'none', status: '404' });
    expect(spans).toEqual(expect.arrayContaining([`PATCH ${route}`, 'PATCH']));
    await http.app.inject({ method: 'PROPFIND' as 'GET', url });
    expect(measured).toContainEqual({ method: '_OTHER', route, status: '405' });
  });
});

describe('OPTIONS', () => {
  it.each([
    ['/tasks', 'GET, HEAD, OPTIONS'],
    ['/tasks/x/adapt', 'OPTIONS, POST'],
    ['/health/ready', 'GET, HEAD, OPTIONS'],
    ['/v2/models/x/infer', 'OPTIONS, POST'],
  ])('lists the methods of %s', async (url, allow) => {
    const answer = await http.app.inject({ method: 'OPTIONS', url });
    expect([answer.statusCode, answer.headers.allow, answer.body]).toEqual([204, allow, '']);
  });
});

describe('HEAD', () => {
  it.each([
    '/tasks',
    '/models/tiny-curve',
    '/health/live',
    '/v2/health/ready',
    '/openapi.json',
    '/docs/',
    '/docs',
  ])('answers %s like GET, without the body', async (url) => {
    const [got, head] = [await http.app.inject({ url }), await http.app.inject({ method: 'HEAD', url })];
    expect([head.statusCode, head.body]).toEqual([200, '']);
    for (const name of ['content-type', 'content-length']) expect(head.headers[name]).toBe(got.headers[name]);
  });
});

describe('with keys', () => {
  const keyed = startApp({ environment: { HOST: '0.0.0.0' } });

  it('only public paths tell callers without a key that a method is wrong', async () => {
    await keyed.keys.issue('acme');
    const ask = async (method: 'POST' | 'PATCH' | 'OPTIONS', url: string) =>
      (await keyed.app.inject({ method, url })).statusCode;
    expect(await ask('POST', '/health/live')).toBe(405);
    expect(await ask('PATCH', '/docs/')).toBe(405);
    expect(await ask('PATCH', '/tasks')).toBe(401);
    expect(await ask('OPTIONS', '/tasks')).toBe(204);
  });
});
