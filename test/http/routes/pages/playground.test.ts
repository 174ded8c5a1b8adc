import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Page } from '../../../../src/http/routes/pages/playground.ts';
import { readPage } from '../../../../src/main/server/page.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { startApp } from '../../support/start-app.ts';

const file = (type: string, text: string, gzipped: Buffer | null = null) => ({
  type,
  etag: 'W/"1"',
  body: Buffer.from(text),
  gzipped,
});
const page: Page = new Map([
  ['index.html', file('text/html; charset=utf-8', '<!doctype html>')],
  ['app.js', file('text/javascript; charset=utf-8', 'plain', Buffer.from('packed'))],
]);
const http = startApp({ page });
const withoutPage = startApp();

describe('the page', () => {
  it('is served at the root, under a policy without inline code, to callers without a key', async () => {
    await http.keys.createFirst('default');
    expect((await http.app.inject({ url: '/tasks' })).statusCode).toBe(401);
    const { statusCode, headers, body } = await http.app.inject({ url: '/' });
    expect({ statusCode, body, type: headers['content-type'] }).toEqual({
      statusCode: 200,
      body: '<!doctype html>',
      type: 'text/html; charset=utf-8',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy.split(';')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
      ]),
    );
    expect(policy).not.toContain('unsafe');
  });

  it('is sent compressed to callers that accept it, and not again if it has not changed', async () => {
    const plain = await http.app.inject({ url: '/playground/app.js' });
    expect([plain.body, plain.headers['content-encoding']]).toEqual(['plain', undefined]);
    const headers = { 'accept-encoding': 'gzip, br' };
    const packed = await http.app.inject({ url: '/playground/app.js', headers });
    expect([packed.body, packed.headers['content-encoding']]).toEqual(['packed', 'gzip']);
    expect(packed.headers).toMatchObject({ etag: 'W/"1"', vary: 'accept-encoding' });
    const again = await http.app.inject({ url: '/', headers: { 'if-none-match': 'W/"1"' } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it.each([
    ['"1"', 304],
    ['"0", W/"1"', 304],
    ['*', 304],
    ['W/"0"', 200],
    ['"0", "2"', 200],
  ])('is compared with the tags of If-None-Match: %s', async (tags, status) => {
    const answer = await http.app.inject({ url: '/', headers: { 'if-none-match': tags } });
    expect(answer.statusCode).toBe(status);
  });

  it.each([
    ['gzip;q=0', 'plain'],
    ['gzip;q=0, *', 'plain'],
    ['*;q=0', 'plain'],
    ['br', 'plain'],
    ['br, *;q=0.1', 'packed'],
    ['GZIP;q=0.5', 'packed'],
  ])('is compressed only where Accept-Encoding allows it: %s', async (encodings, body) => {
    const headers = { 'accept-encoding': encodings };
    const answer = await http.app.inject({ url: '/playground/app.js', headers });
    expect([answer.body, answer.headers.vary]).toEqual([body, 'accept-encoding']);
  });

  it('leaves other paths to the API', async () => {
    for (const url of ['/playground/nope.js', '/playground', '/nope']) {
      const answer = await http.app.inject({ url });
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
    expect((await http.app.inject({ method: 'POST', url: '/' })).statusCode).toBe(405);
  });

  it('is not in the description of the API', async () => {
    const { paths } = (await http.app.inject({ url: '/openapi.json' })).json();
    expect(Object.keys(paths).filter((path) => path === '/' || path.includes('playground'))).toEqual([]);
  });
});

it('without a page, the root leads to the documentation', async () => {
  expect((await withoutPage.app.inject({ url: '/' })).headers.location).toBe('docs/');
});

describe('the files of the page', () => {
  it('are read with their types, and text is compressed', async () => {
    const folder = await scratchFolder();
    await writeFile(join(folder, 'index.html'), '<p>'.repeat(100));
    await writeFile(join(folder, 'a.jpg'), 'not compressed twice');
    await writeFile(join(folder, 'index.html.123'), 'being written');
    const read = await readPage(folder);
    expect([...(read?.keys() ?? [])].sort()).toEqual(['a.jpg', 'index.html']);
    const html = read?.get('index.html');
    expect(String(gunzipSync(html?.gzipped ?? Buffer.of()))).toBe('<p>'.repeat(100));
    expect(read?.get('a.jpg')).toMatchObject({ type: 'image/jpeg', gzipped: null });
    expect(html?.etag).not.toBe(read?.get('a.jpg')?.etag);
  });

  it('do not exist before they are built', async () => {
    expect(await readPage(await scratchFolder())).toBeUndefined();
    expect(await readPage('/nonexistent')).toBeUndefined();
  });
});
