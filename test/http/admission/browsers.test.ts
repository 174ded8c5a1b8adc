import { describe, expect, it } from 'vitest';
import { startApp } from '../support/start-app.ts';

const allowed = 'https://app.example.org';
const http = startApp();
const withOrigins = startApp({ corsOrigins: [allowed] });

describe('without keys', () => {
  it.each(['127.0.0.1:3000', 'localhost', 'LOCALHOST:80', '[::1]:3000', '127.0.0.53'])(
    'a request for the host %s is answered',
    async (host) => {
      expect((await http.app.inject({ url: '/tasks', headers: { host } })).statusCode).toBe(200);
    },
  );

  it.each([
    'evil.example.org',
    'evil.example.org:3000',
    'localhost.evil.example.org',
    '127.0.0.1.evil.example.org',
    '192.168.1.7',
    '0.0.0.0:3000',
    '[::]:3000',
    'localhost@evil.example.org',
    'a b',
  ])('a request for the host %j is refused', async (host) => {
    const headers = { host, 'x-forwarded-host': 'localhost' };
    const answer = await http.app.inject({ url: '/tasks', headers });
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'forbidden']);
  });

  it.each(['cross-site', 'same-site'])('a %s page cannot send a form, read or delete', async (site) => {
    const form = {
      method: 'POST',
      url: '/tasks/forged/adapt?model=tiny-prototypes',
      headers: {
        'sec-fetch-site': site,
        'sec-fetch-mode': 'navigate',
        'content-type': 'multipart/form-data',
      },
      payload: 'x',
    } as const;
    expect((await http.app.inject(form)).json()).toMatchObject({ status: 403, code: 'forbidden' });
    const fetched = { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' };
    expect((await http.app.inject({ url: '/tasks', headers: fetched })).statusCode).toBe(403);
    const gone = await http.app.inject({ method: 'DELETE', url: '/tasks/any', headers: fetched });
    expect(gone.statusCode).toBe(403);
    expect((await http.app.inject({ url: '/tasks' })).body).not.toContain('forged');
  });

  it.each([
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' },
    { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' },
    {},
  ])('a link, our own page and a program can read: %j', async (headers) => {
    expect((await http.app.inject({ url: '/tasks', headers })).statusCode).toBe(200);
  });

  it('a page of an allowed origin may call', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', origin: allowed };
    expect((await withOrigins.app.inject({ url: '/tasks', headers })).statusCode).toBe(200);
    const other = { ...headers, origin: 'https://evil.example.org' };
    expect((await withOrigins.app.inject({ url: '/tasks', headers: other })).statusCode).toBe(403);
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string) =>
    ({
      method: 'OPTIONS',
      url: '/tasks/any/adapt',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    }) as const;
  const corsHeaders = (headers: object) =>
    Object.keys(headers).filter((name) => name.startsWith('access-control'));

  it('get no CORS headers unless their origin is allowed', async () => {
    const asked = await http.app.inject(preflight(allowed));
    expect([asked.statusCode, corsHeaders(asked.headers)]).toEqual([204, []]);
    const read = await http.app.inject({ url: '/tasks', headers: { origin: allowed } });
    expect(corsHeaders(read.headers)).toEqual([]);
  });

  it('may read and write with a key if their origin is allowed', async () => {
    const asked = await withOrigins.app.inject(preflight(allowed));
    expect(asked.statusCode).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': allowed,
      'access-control-allow-headers': expect.stringMatching(
        /authorization.*content-encoding.*idempotency-key.*traceparent/,
      ),
      'access-control-allow-methods': expect.stringContaining('DELETE'),
    });
    expect(asked.headers).not.toHaveProperty('access-control-allow-credentials');
    const read = await withOrigins.app.inject({ url: '/nope', headers: { origin: allowed } });
    expect(read.headers).toMatchObject({
      'access-control-allow-origin': allowed,
      'access-control-expose-headers': expect.stringMatching(
        /content-disposition.*location.*x-ratelimit-remaining/,
      ),
    });
  });

  it('get files that no cache gives to pages of other origins', async () => {
    const read = await withOrigins.app.inject({ url: '/openapi.json', headers: { origin: allowed } });
    expect(read.headers.vary).toBe('Origin, accept-encoding');
  });

  it.each([
    ['no origin', {}],
    ['an origin alone', { origin: allowed }],
    ['no origin, but a method', { 'access-control-request-method': 'POST' }],
  ])('leave OPTIONS with %s as it is: it answers the methods of a path', async (_what, headers) => {
    const asked = await withOrigins.app.inject({ method: 'OPTIONS', url: '/tasks/any/adapt', headers });
    expect([asked.statusCode, asked.headers.allow]).toEqual([204, 'OPTIONS, POST']);
  });

  it('are not allowed if only another origin is allowed', async () => {
    const { headers } = await withOrigins.app.inject(preflight('https://evil.example.org'));
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('browsers', () => {
  it.each(['/tasks', '/nope', '/openapi.json'])('must treat %s as data only', async (url) => {
    const { headers } = await http.app.inject({ url });
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('can show the documentation page with its files, also over plain HTTP', async () => {
    const page = await http.app.inject({ url: '/docs' });
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/upgrade-insecure-requests|validator/);
    // All its files come from this service, and none of them is inline.
    const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => String(url));
    expect(assets.length).toBeGreaterThan(4);
    expect(page.body).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=/);
    for (const url of assets) {
      expect(url).toMatch(/^\.\/docs\/static\//);
      expect((await http.app.inject({ url: url.slice(1) })).statusCode).toBe(200);
    }
  });
});
