import { describe, expect, it } from 'vitest';
import { standingDate } from '../../support/standing-date.ts';
import { startApp } from '../support/start-app.ts';
import { bearerOf, type Described, type Operation, operationsOf, requestOf } from './operations.ts';

const date = standingDate();
const http = startApp({ environment: { HOST: '0.0.0.0' } });

const operations = () => operationsOf(http);
const bearer = (tenant: string, expiresAt: Date | null = null) => bearerOf(http, tenant, expiresAt);
const isOpen = ({ path }: Operation) => /^\/(v2\/)?health\//.test(path);
const names = { task: 'any', id: 'adp_any', name: 'tiny-curve' };

describe('without a valid key', () => {
  let clients = 0;

  async function expectUnauthorized(authorization: string | undefined, challenge: string) {
    // Another address each time, because refused keys are limited by address.
    const remoteAddress = `10.0.0.${++clients}`;
    for (const operation of operations().filter((each) => !isOpen(each))) {
      const request = { ...requestOf(operation, names), remoteAddress };
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
    expect((await send({ url: '/models' })).statusCode).toBe(200);
    date.pass(50);
    expect((await send({ url: '/models' })).statusCode).toBe(401);
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
      const told = paths[operation.path]?.[operation.method.toLowerCase()];
      const scope = expect.stringMatching(/^(predict|feedback|teach|admin)$/);
      expect({ security: told?.security, scope: told?.['x-scope'] }, operation.operationId).toEqual(
        isOpen(operation) ? { security: [] } : { scope },
      );
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
    date.pass(1000);
    expect((await send({ url: '/tasks' })).statusCode).toBe(401);
  });
});
