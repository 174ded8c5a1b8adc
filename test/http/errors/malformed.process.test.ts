import { type AddressInfo, connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { createBareApp } from '../../../src/http/bare-app.ts';
import { defaultLimits } from '../../../src/http/limits.ts';
import { long } from '../support/bodies.ts';
import { exchangeAt } from '../support/exchange.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ limits: { ...defaultLimits, arrivalMs: 500 } });
let port: number;
beforeAll(async () => {
  await http.app.listen({ port: 0, host: '127.0.0.1' });
  port = portOf(http.app);
});
const portOf = ({ server }: FastifyInstance) => (server.address() as AddressInfo).port;

const exchange = (...parts: readonly string[]) => exchangeAt(port, ...parts);

const HOST = 'Host: localhost\r\n';

it.each([
  ['bytes that are no HTTP', ['\x16\x03\x01\x02\x00\r\n\r\n'], 400, 'invalid_request', 'an HTTP/1.1 request'],
  [
    'an unknown method',
    [`FETCH /tasks HTTP/1.1\r\n${HOST}\r\n`],
    400,
    'invalid_request',
    'an HTTP/1.1 request',
  ],
  [
    'a header without a name',
    [`GET / HTTP/1.1\r\n: x\r\n\r\n`],
    400,
    'invalid_request',
    'an HTTP/1.1 request',
  ],
  [
    'two lengths',
    [`POST /tasks/a/adapt HTTP/1.1\r\n${HOST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    400,
    'invalid_request',
    'an HTTP/1.1 request',
  ],
  [
    'a chunk of no length',
    [`POST /tasks/a/adapt HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nx\r\n`],
    400,
    'invalid_request',
    'an HTTP/1.1 request',
  ],
  [
    'long headers',
    [`GET / HTTP/1.1\r\n${HOST}`, `X-Long: ${'x'.repeat(20_000)}\r\n\r\n`],
    431,
    'headers_too_large',
    'headers of at most 16384 bytes',
  ],
  [
    'headers that never end',
    [`GET /tasks HTTP/1.1\r\n${HOST}`],
    408,
    'request_timeout',
    'all headers within 500 ms (MAX_ARRIVAL_MS)',
  ],
  [
    'a body that never ends',
    [`POST /tasks/a/adapt HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{`],
    408,
    'request_timeout',
    'a whole request within 500 ms (MAX_ARRIVAL_MS)',
  ],
])('answers %s with a problem, and closes the connection', async (_what, parts, status, code, expected) => {
  const answer = await exchange(...parts);
  expect(answer.status).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer.headers).toContain('content-type: application/problem+json');
  expect(answer.headers).toContain(`content-length: ${Buffer.byteLength(answer.body)}`);
  const told = JSON.parse(answer.body);
  expect(told).toMatchObject({ type: `urn:innerloop:problem:${code}`, status, code, expected });
  expect(told.detail).toBe(`Expected ${expected}, got ${told.got}`);
});

it('tells late headers from a late body also in a connection that had a request', async () => {
  const head = `POST /no/such HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\n`;
  const answer = await exchange(`${head}{}`, `GET /tasks HTTP/1.1\r\n${HOST}`);
  expect(answer.status).toMatch(/^HTTP\/1.1 404 /);
  expect(answer.body).toContain('Expected all headers within 500 ms');
});

it('names the time of headers that holds, if that of requests is longer', async () => {
  const app = createBareApp({ logger: undefined, limits: defaultLimits, maxConnections: 8 });
  onTestFinished(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  // Only so that this test need not wait for 30 seconds.
  app.server.headersTimeout = 500;
  const answer = await exchangeAt(portOf(app), `GET /tasks HTTP/1.1\r\n${HOST}`);
  expect(JSON.parse(answer.body).detail).toBe('Expected all headers within 30000 ms, got a part');
});

it.each([
  ['without a Host header', 'GET /tasks HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'one Host header'],
  [
    'with two Host headers',
    'GET /tasks HTTP/1.1\r\nHost: localhost\r\nhost: other\r\nConnection: close\r\n\r\n',
    400,
    'one Host header',
  ],
  [
    'that expects what we do not know',
    'GET /no/such HTTP/1.1\r\nHost: localhost\r\nExpect: x\r\nConnection: close\r\n\r\n',
    404,
    'a route of this API',
  ],
])('answers a request %s with a problem', async (_what, request, status, expected) => {
  const answer = await exchange(request);
  expect(answer.status).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  const told = JSON.parse(answer.body);
  expect(told).toMatchObject({ status, detail: expect.stringContaining(`Expected ${expected}`) });
});

it.each([
  ['without a body', 'GET /no/such HTTP/1.1', ''],
  ['whose body it does not read', 'POST /no/such HTTP/1.1', 'Content-Length: 2\r\n'],
])(
  'closes the connection after a refused request %s, if the caller asks for it',
  async (_what, start, more) => {
    const head = `${start}\r\nHost: localhost\r\n${more}Connection: close\r\n\r\n`;
    const before = performance.now();
    const answer = await exchange(head, ...(more ? ['{}'] : []));
    expect(answer.status).toMatch(/^HTTP\/1.1 404 /);
    // Idle connections stay open for more than a minute.
    expect(performance.now() - before).toBeLessThan(30_000);
  },
);

it('closes the connection without a second answer if one has begun', async () => {
  const payload = long;
  const adapted = await http.app.inject({ method: 'POST', url: '/tasks/begun/adapt', payload });
  const { id } = adapted.json();
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET /tasks/begun/adaptations/${id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  let answer = '';
  for await (const chunk of socket) {
    if (answer === '') socket.write('no HTTP\r\n\r\n');
    answer += chunk;
  }
  expect(answer).toContain('event: queued');
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  await http.service.cancel('default', 'begun', id);
});

it('continues to serve others', async () => {
  await exchange('no HTTP\r\n\r\n');
  const answer = await fetch(`http://127.0.0.1:${port}/health/live`);
  expect(answer.status).toBe(200);
});
