import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { buildMetricsApp } from '../../../src/http/metrics-app.ts';
import { silent } from '../../support/silent.ts';
import { exchangeAt } from '../support/exchange.ts';

async function listening() {
  const app = await buildMetricsApp({ exposition: async () => 'metrics', logger: silent });
  onTestFinished(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

it('the port of metrics tells browsers to treat answers as data', async () => {
  const request = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  const answer = await exchangeAt(await listening(), request);
  expect([answer.status, answer.body]).toEqual(['HTTP/1.1 200 OK', 'metrics']);
  expect(answer.headers).toContain('x-content-type-options: nosniff');
});

it.each([
  ['bytes that are no HTTP', 'no HTTP\r\n\r\n', 400],
  ['a request without a Host header', 'GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['an unknown path', 'GET /nope HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 404],
])('the port of metrics answers %s with a problem', async (_what, request, status) => {
  const answer = await exchangeAt(await listening(), request);
  expect(JSON.parse(answer.body)).toMatchObject({ status, detail: expect.stringContaining('Expected') });
});
