import { describe, expect, it } from 'vitest';
import { standingDate } from '../../support/standing-date.ts';
import { points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const date = standingDate();
const http = startApp({ environment: { HOST: '0.0.0.0' } });
const local = startApp();

async function callerOf(tenant: string) {
  const { token } = await http.keys.issue(tenant);
  const headers = { authorization: `Bearer ${token}`, prefer: 'wait=20' };
  const send = (method: 'GET' | 'DELETE' | 'POST', url: string, payload?: object) =>
    http.app.inject({ method, url, headers, ...(payload && { payload }) });
  const adapt = (task: string) => send('POST', `/tasks/${task}/adapt`, points);
  return { send, adapt };
}

describe('GET /tenant', () => {
  it('says what the tenant of the key uses, and what it may', async () => {
    const [acme, bert] = [await callerOf('acme-used'), await callerOf('bert-used')];
    const usageOf = async ({ send }: typeof acme) => (await send('GET', '/tenant')).json();
    const nothing = { tasks: 0, examples: 0, bytes: 0, queued: 0 };
    expect(await usageOf(acme)).toEqual({
      id: 'acme-used',
      object: 'tenant',
      usage: nothing,
      limits: { tasks: 100_000, examples: 10_000_000, bytes: 10 * 2 ** 30, queued: 1000 },
    });
    await acme.adapt('runes');
    const { usage } = await usageOf(acme);
    expect(usage).toMatchObject({ tasks: 1, examples: points.support.length, queued: 0 });
    expect(usage.bytes).toBeGreaterThan(0);
    expect((await usageOf(bert)).usage).toEqual(nothing);
  });
});

describe('DELETE /tenant', () => {
  it('deletes all tasks and keys of the tenant of the key', async () => {
    const [acme, bert] = [await callerOf('acme'), await callerOf('bert')];
    for (const caller of [acme, bert]) expect((await caller.adapt('runes')).statusCode).toBe(200);
    const deleted = await acme.send('DELETE', '/tenant?confirm=acme');
    expect([deleted.statusCode, deleted.body]).toEqual([204, '']);
    expect(await http.keys.list('acme')).toEqual([]);
    await expect(http.service.task('acme', 'runes')).rejects.toMatchObject({ code: 'task_not_found' });
    expect((await bert.send('GET', '/tasks/runes')).statusCode).toBe(200);
    // The lookup of the key is cached for a second.
    date.pass(1000);
    expect((await acme.send('GET', '/tasks')).statusCode).toBe(401);
  });

  it('with keepKeys leaves the keys, and an empty tenant', async () => {
    const { send, adapt } = await callerOf('keeper');
    await adapt('runes');
    expect((await send('DELETE', '/tenant?confirm=keeper&keepKeys=true')).statusCode).toBe(204);
    const tasks = () => send('GET', '/tasks');
    await expect.poll(async () => (await tasks()).statusCode, { timeout: 5000 }).toBe(200);
    expect((await tasks()).json().data).toEqual([]);
    expect((await adapt('runes')).statusCode).toBe(200);
  });

  it.each([
    ['/tenant', { detail: expect.stringContaining('confirm') }],
    ['/tenant?confirm=other', { expected: expect.stringContaining('careful'), got: '"other"' }],
    ['/tenant?confirm=careful&keepKeys=perhaps', {}],
    ['/tenant?confirm=careful&keys=keep', {}],
  ])('is refused without the name of the tenant: %s', async (url, details) => {
    const { send, adapt } = await callerOf('careful');
    await adapt('runes');
    const answer = await send('DELETE', url);
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request', ...details });
    expect((await send('GET', '/tasks/runes')).statusCode).toBe(200);
  });

  it('works without keys, for the local tenant', async () => {
    const { app } = local;
    await app.inject({ method: 'POST', url: '/tasks/runes/adapt', payload: points });
    const deleted = await app.inject({ method: 'DELETE', url: '/tenant?confirm=default' });
    expect(deleted.statusCode).toBe(204);
    const status = async () => (await app.inject({ url: '/tasks/runes' })).statusCode;
    await expect.poll(status, { timeout: 5000 }).toBe(404);
  });
});

describe('a tenant that is being deleted', () => {
  it('is refused with 503, with the time to try again', async () => {
    const { send } = await callerOf('gone');
    // As another process does it before it erases the data.
    const askedAt = new Date().toISOString();
    await http.keyStore.putDeletion({ tenant: 'gone', keepsKeys: false, askedAt, erasedAt: null });
    date.pass(1000);
    expect((await send('GET', '/tasks')).statusCode).toBe(503);
    const refused = await send('DELETE', '/tenant?confirm=gone');
    expect(refused.json()).toMatchObject({ code: 'unavailable', detail: expect.stringContaining('deleted') });
    expect(refused.headers['retry-after']).toBe('5');
  });
});
