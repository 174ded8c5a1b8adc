import { describe, expect, it, onTestFinished } from 'vitest';
import { buildApp } from '../../../src/http/app.ts';
import { defaultLimits } from '../../../src/http/limits.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({
  environment: { HOST: '0.0.0.0' },
  rateLimit: { perMinute: 3 },
  trustProxy: ['127.0.0.1'],
});

async function sender(tenant: string) {
  const { token } = await http.keys.issue(tenant);
  return (url = '/models') => http.app.inject({ url, headers: { authorization: `Bearer ${token}` } });
}

const statuses = (answers: readonly { statusCode: number }[]) => answers.map(({ statusCode }) => statusCode);
const times = async <T>(count: number, work: () => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (let i = 0; i < count; i++) results.push(await work());
  return results;
};

describe('requests of a tenant', () => {
  it('beyond the limit get 429 with Retry-After, with any of its keys', async () => {
    const [one, other] = [await sender('busy'), await sender('busy')];
    expect(statuses([await one(), await other(), await one('/tasks'), await other()])).toEqual([
      200, 200, 200, 429,
    ]);
    const answer = await one();
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({
      code: 'rate_limited',
      status: 429,
      expected: 'at most 3 requests a minute',
    });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  it('count also without a route', async () => {
    const { token } = await http.keys.issue('lost');
    const headers = { authorization: `Bearer ${token}` };
    const ask = (method: 'GET' | 'PATCH' | 'POST', url: string) => http.app.inject({ method, url, headers });
    const answers = [await ask('GET', '/nope'), await ask('PATCH', '/models'), await ask('GET', '/v2/nope')];
    expect(statuses(answers)).toEqual([404, 405, 404]);
    expect(answers.map(({ headers }) => headers['x-ratelimit-remaining'])).toEqual(['2', '1', '0']);
    expect((await ask('POST', '/nope')).statusCode).toBe(429);
  });

  it('are refused before they count as predictions in progress', async () => {
    const full = await buildApp({
      service: http.service,
      keys: http.keys,
      version: '0.0.0',
      rateLimit: { perMinute: 1 },
      limits: { ...defaultLimits, predictions: 0 },
    });
    onTestFinished(() => full.close());
    const { token } = await http.keys.issue('eager');
    const headers = { authorization: `Bearer ${token}` };
    const ask = async () =>
      (
        await full.inject({ method: 'POST', url: '/tasks/x/predict', headers, payload: { inputs: [] } })
      ).json();
    expect(await ask()).toMatchObject({ code: 'unavailable' });
    expect(await ask()).toMatchObject({ code: 'rate_limited' });
  });

  it('do not count for other tenants or on public routes', async () => {
    const [busy, calm] = [await sender('busy-too'), await sender('calm')];
    expect(statuses(await times(4, busy)).at(-1)).toBe(429);
    expect((await calm()).statusCode).toBe(200);
    expect(statuses(await times(5, () => busy('/health/live')))).toEqual([200, 200, 200, 200, 200]);
  });
});

describe('requests without keys', () => {
  const open = startApp({ rateLimit: { perMinute: 2 } });
  it('are not counted', async () => {
    expect(statuses(await times(4, () => open.app.inject({ url: '/models' })))).toEqual([200, 200, 200, 200]);
  });
});

describe('refused keys', () => {
  const guess = (
    address: string,
    token = `il_${'0'.repeat(12)}_${'A'.repeat(43)}`,
    remoteAddress = '127.0.0.1',
  ) =>
    http.app.inject({
      url: '/models',
      headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': address },
      remoteAddress,
    });

  it('get 429 after sixty in a minute from one address, which a trusted proxy reports', async () => {
    expect(new Set(statuses(await times(60, () => guess('203.0.113.7'))))).toEqual(new Set([401]));
    const answer = await guess('203.0.113.7');
    expect(answer.json()).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await guess('203.0.113.8')).statusCode).toBe(401);
  });

  it('are counted for the real address, even if the caller sends other addresses', async () => {
    let i = 0;
    await times(60, () => guess(`203.0.113.${i++}`, undefined, '198.51.100.1'));
    expect((await guess('203.0.113.200', undefined, '198.51.100.1')).statusCode).toBe(429);
  });

  it('block unknown keys from that address, but not keys that were accepted before', async () => {
    const [known, fresh] = [await http.keys.issue('neighbour'), await http.keys.issue('neighbour')];
    const address = '203.0.113.99';
    expect((await guess(address, known.token)).statusCode).toBe(200);
    await times(60, () => guess(address));
    expect((await guess(address, fresh.token)).statusCode).toBe(429);
    expect((await guess(address, known.token)).statusCode).toBe(200);
    expect((await guess('203.0.113.100', fresh.token)).statusCode).toBe(200);
  });
});
