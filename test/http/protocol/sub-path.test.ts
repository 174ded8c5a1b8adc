import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
const trusting = startApp({ trustProxy: ['loopback'] });
/** The address of the page for a caller, behind a proxy that forwards `/ai/…` as `/…`. */
const BASE = 'http://example.org/ai';

const at = (path: string, link: string) => new URL(link, BASE + path).href;

describe('under a sub-path of a proxy', () => {
  it('Location leads to the adaptation', async () => {
    for (const query of ['', '?model=tiny-prototypes']) {
      const path = `/tasks/located/adapt${query}`;
      const answer = await http.app.inject({ method: 'POST', url: path, payload: points });
      const { id } = answer.json();
      expect(at(path, String(answer.headers.location))).toBe(`${BASE}/tasks/located/adaptations/${id}`);
    }
  });

  it('the root and /docs redirect to the page', async () => {
    for (const path of ['/', '/docs/static/index.html']) {
      const { statusCode, headers } = await http.app.inject({ url: path });
      expect([statusCode, at(path, String(headers.location))]).toEqual([302, `${BASE}/docs/`]);
    }
  });

  it.each(['/docs', '/docs/'])(
    'the page at %s loads its style, scripts and the API description',
    async (path) => {
      const { body } = await http.app.inject({ url: path });
      const links = [...body.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link = '']) => link);
      expect(links.length).toBeGreaterThan(4);
      for (const link of links) {
        const url = at(path, link);
        expect(url).toMatch(/^http:\/\/example\.org\/ai\/docs\/static\//);
        expect((await http.app.inject({ url: url.slice(BASE.length) })).statusCode).toBe(200);
      }
    },
  );

  it.each(['/openapi.json', '/docs/json'])('%s has the URL of the API relative to itself', async (path) => {
    const { servers, paths } = (await http.app.inject({ url: path })).json();
    expect(servers).toHaveLength(1);
    expect(Object.keys(paths)).toContain('/tasks');
    expect(at(path, `${servers[0].url}/tasks`)).toBe(`${BASE}/tasks`);
  });
});

it.each(['/openapi.json', '/docs/json'])(
  '%s is sent compressed, and not again if it has not changed',
  async (url) => {
    const plain = await trusting.app.inject({ url });
    const headers = { 'accept-encoding': 'gzip' };
    const packed = await trusting.app.inject({ url, headers });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 4);
    expect(String(gunzipSync(packed.rawPayload))).toBe(plain.body);
    const tag = String(plain.headers.etag);
    const again = { ...headers, 'if-none-match': tag };
    expect((await trusting.app.inject({ url, headers: again })).statusCode).toBe(304);
    // Behind a proxy, it names another server.
    const elsewhere = { ...again, 'x-forwarded-prefix': '/ai' };
    expect((await trusting.app.inject({ url, headers: elsewhere })).statusCode).toBe(200);
  },
);

it('/docs/yaml leads to the description, which is YAML as it is', async () => {
  const { statusCode, headers } = await http.app.inject({ url: '/docs/yaml' });
  expect([statusCode, at('/docs/yaml', String(headers.location))]).toEqual([302, `${BASE}/docs/json`]);
});

describe('X-Forwarded-Prefix', () => {
  const from = async (app: typeof http, url: string, prefix: string, remoteAddress = '127.0.0.1') =>
    app.app.inject({ url, headers: { 'x-forwarded-prefix': prefix }, remoteAddress });
  const serverOf = async (...args: Parameters<typeof from>) => (await from(...args)).json().servers[0].url;

  it('of a trusted proxy sets the URLs of the API and the page', async () => {
    for (const prefix of ['/ai', '/ai/', '/a/b-c_d.e~1']) {
      const base = prefix.replace(/\/$/, '');
      for (const url of ['/openapi.json', '/docs/json'])
        expect(await serverOf(trusting, url, prefix)).toBe(base);
      expect((await from(trusting, '/', prefix)).headers.location).toBe(`${base}/docs/`);
    }
  });

  it.each(['//evil.example.org', 'https://evil.example.org', '/a//b', 'ai', '/a?b', '/a\\b', '/a, /b', ''])(
    'is ignored where it is not a path: %j',
    async (prefix) => {
      expect(await serverOf(trusting, '/openapi.json', prefix)).toBe('.');
      expect((await from(trusting, '/', prefix)).headers.location).toBe('docs/');
    },
  );

  it('is ignored from other addresses', async () => {
    expect(await serverOf(trusting, '/openapi.json', '/ai', '192.0.2.1')).toBe('.');
    expect(await serverOf(http, '/openapi.json', '/ai')).toBe('.');
  });
});
