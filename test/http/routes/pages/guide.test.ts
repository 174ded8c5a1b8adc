import { expect, it } from 'vitest';
import { pageFile } from '../../../../src/main/server/page.ts';
import { startApp } from '../../support/start-app.ts';

let opened = 0;
const http = startApp({
  guide: async () => {
    opened += 1;
    return new Map([
      ['', pageFile('.html', Buffer.from('index'))],
      ['models/photos', pageFile('.html', Buffer.from('card'))],
    ]);
  },
});
let isBroken = false;
const unsteady = startApp({
  guide: async () => {
    if (isBroken) throw new Error('Expected a readable file');
    return new Map([['', pageFile('.html', Buffer.from('index'))]]);
  },
});
const withoutDocuments = startApp({ guide: async () => undefined });

it('is made once, at its first request, and served to callers without a key under a strict policy', async () => {
  await http.keys.createFirst('default');
  opened = 0;
  expect((await http.app.inject({ url: '/health/live' })).statusCode).toBe(200);
  expect(opened).toBe(0);
  const index = await http.app.inject({ url: '/guide/' });
  const card = await http.app.inject({ url: '/guide/models/photos' });
  expect([index.body, card.body, opened]).toEqual(['index', 'card', 1]);
  expect(index.headers['content-security-policy']).toContain("default-src 'none';script-src 'self'");
  expect(index.headers['content-security-policy']).not.toContain('unsafe');
});

it('is made again where that has failed', async () => {
  isBroken = true;
  expect((await unsteady.app.inject({ url: '/guide/' })).statusCode).toBe(500);
  isBroken = false;
  expect((await unsteady.app.inject({ url: '/guide/' })).body).toBe('index');
});

it('leads from /guide to /guide/ also below a path', async () => {
  const { statusCode, headers } = await http.app.inject({ url: '/guide' });
  expect([statusCode, headers.location]).toEqual([302, 'guide/']);
});

it('answers a problem where there is no page', async () => {
  for (const { app } of [http, withoutDocuments]) {
    const answer = await app.inject({ url: '/guide/nope' });
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'not_found']);
  }
});
