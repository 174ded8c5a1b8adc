import { describe, expect, it } from 'vitest';
import { startApp } from '../support/start-app.ts';

const http = startApp({ environment: { HOST: '0.0.0.0' } });
const body = { url: 'https://example.com/hook', events: ['adaptation.succeeded', 'adaptation.failed'] };

let tenants = 0;
/** Requests of a new tenant. */
async function caller() {
  const { token } = await http.keys.issue(`tenant-${tenants++}`);
  const headers = { authorization: `Bearer ${token}` };
  return (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
    http.app.inject({ method, url, headers, ...(payload && { payload }) });
}

describe('POST /webhooks', () => {
  it('creates a webhook and shows its secret once', async () => {
    const call = await caller();
    const created = await call('POST', '/webhooks', body);
    expect(created.statusCode).toBe(201);
    const { secret, ...webhook } = created.json();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(created.headers).toMatchObject({
      'cache-control': 'no-store',
      location: `webhooks/${webhook.id}`,
    });
    expect(webhook).toEqual({
      id: expect.stringMatching(/^whk_[0-9a-f]{32}$/),
      object: 'webhook',
      ...body,
      status: 'enabled',
      disabledAt: null,
      disabledReason: null,
      createdAt: expect.stringMatching(/Z$/),
    });
    const one = await call('GET', `/webhooks/${webhook.id}`);
    expect(one.json()).toEqual(webhook);
    const all = await call('GET', '/webhooks');
    expect(all.json()).toEqual({ object: 'list', data: [webhook], hasMore: false, nextCursor: null });
    expect(one.body + all.body).not.toContain('whsec_');
  });

  it.each([
    [{ ...body, url: 'http://example.com/' }, 'invalid_request', '/url'],
    [{ ...body, url: 'https://10.0.0.1/' }, 'invalid_request', '/url'],
    [{ ...body, url: 'https://user:pass@example.com/' }, 'invalid_request', '/url'],
    [{ ...body, url: `https://example.com/${'x'.repeat(2048)}` }, 'invalid_request', '/url'],
    [{ ...body, events: [] }, 'invalid_request', '/events'],
    [{ ...body, events: ['adaptation.started'] }, 'invalid_request', '/events/0'],
    [{ url: body.url }, 'invalid_request', undefined],
    [{ ...body, secret: 'mine' }, 'invalid_request', undefined],
  ])('refuses %j and stores nothing', async (wrong, code, pointer) => {
    const call = await caller();
    const answer = await call('POST', '/webhooks', wrong);
    expect([answer.statusCode, answer.json().code]).toEqual([400, code]);
    if (pointer) expect(answer.json().pointer).toBe(pointer);
    expect((await call('GET', '/webhooks')).json().data).toEqual([]);
  });

  it('refuses more than 20 webhooks of one tenant', async () => {
    const call = await caller();
    for (let n = 0; n < 20; n++) expect((await call('POST', '/webhooks', body)).statusCode).toBe(201);
    const answer = await call('POST', '/webhooks', body);
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'quota_exceeded']);
  });
});

describe('a webhook', () => {
  it('is rotated with another secret, and deleted', async () => {
    const call = await caller();
    const { id, secret } = (await call('POST', '/webhooks', body)).json();
    const rotated = await call('POST', `/webhooks/${id}/rotate`);
    expect([rotated.statusCode, rotated.json().id]).toEqual([200, id]);
    expect(rotated.json().secret).toMatch(/^whsec_/);
    expect(rotated.json().secret).not.toBe(secret);
    expect((await call('DELETE', `/webhooks/${id}`)).statusCode).toBe(204);
    expect((await call('DELETE', `/webhooks/${id}`)).json().code).toBe('webhook_not_found');
  });

  it('changes what the call names, and keeps the rest', async () => {
    const call = await caller();
    const { secret: _secret, ...created } = (await call('POST', '/webhooks', body)).json();
    const at = `/webhooks/${created.id}`;
    const change = async (members: object) => (await call('PATCH', at, members)).json();
    const moved = { ...created, url: 'https://example.com/other' };
    expect(await change({ url: 'https://example.com/other' })).toEqual(moved);
    const other = { ...moved, events: ['drift.detected'] };
    expect(await change({ events: ['drift.detected', 'drift.detected'] })).toEqual(other);
    const disabled = await change({ status: 'disabled' });
    expect(disabled).toMatchObject({ status: 'disabled', disabledReason: 'It was disabled by a call' });
    expect(await change({ status: 'disabled' })).toEqual(disabled);
    expect(await change({ status: 'enabled' })).toEqual(other);
    expect((await call('GET', at)).json()).toEqual(other);
  });

  it.each([
    ['nothing', {}, ''],
    ['a URL in a private network', { url: 'https://10.0.0.1/' }, '/url'],
    ['no events', { events: [] }, '/events'],
    ['an unknown status', { status: 'paused' }, '/status'],
    ['its secret', { secret: 'whsec_AAAA' }, '/secret'],
  ])('is not changed to %s', async (_what, members, pointer) => {
    const call = await caller();
    const { id } = (await call('POST', '/webhooks', body)).json();
    const before = (await call('GET', `/webhooks/${id}`)).json();
    const refused = await call('PATCH', `/webhooks/${id}`, members);
    expect([refused.statusCode, refused.json().pointer]).toEqual([400, pointer]);
    expect((await call('GET', `/webhooks/${id}`)).json()).toEqual(before);
  });

  it('lists its messages; none yet', async () => {
    const call = await caller();
    const { id } = (await call('POST', '/webhooks', body)).json();
    const answer = await call('GET', `/webhooks/${id}/deliveries`);
    expect(answer.json()).toEqual({ object: 'list', data: [], hasMore: false, nextCursor: null });
  });

  it('of another tenant does not exist', async () => {
    const [mine, theirs] = [await caller(), await caller()];
    const { id } = (await theirs('POST', '/webhooks', body)).json();
    const answers = await Promise.all([
      mine('GET', `/webhooks/${id}`),
      mine('GET', `/webhooks/${id}/deliveries`),
      mine('POST', `/webhooks/${id}/test`),
      mine('POST', `/webhooks/${id}/rotate`),
      mine('PATCH', `/webhooks/${id}`, { status: 'disabled' }),
      mine('DELETE', `/webhooks/${id}`),
    ]);
    for (const answer of answers)
      expect([answer.statusCode, answer.json().code]).toEqual([404, 'webhook_not_found']);
    expect((await mine('GET', '/webhooks')).json().data).toEqual([]);
    expect((await theirs('GET', `/webhooks/${id}`)).statusCode).toBe(200);
  });

  it('needs a key', async () => {
    expect((await http.app.inject({ url: '/webhooks' })).statusCode).toBe(401);
  });
});
