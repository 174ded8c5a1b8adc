import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
let port: number;
beforeAll(async () => {
  await http.app.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = http.app.server.address() as AddressInfo);
});

const body = JSON.stringify(points);

/** Sends the head of a request whose body waits. */
function ask(path: string, length = Buffer.byteLength(body), more = '') {
  // The server may end the connection after its answer.
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: application/json',
    `Content-Length: ${length}`,
    'Expect: 100-continue',
  ];
  socket.write(`${head.join('\r\n')}\r\n${more}\r\n`);
  return socket;
}

it('asks an admitted caller for its body, and keeps the connection', async () => {
  const socket = ask('/tasks/asked/adapt');
  const [first] = await once(socket, 'data');
  expect(String(first)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  socket.write(body);
  const [second] = await once(socket, 'data');
  expect(String(second)).toMatch(/^HTTP\/1.1 202 /);
  expect(String(second).toLowerCase()).not.toContain('connection: close');
  socket.end(`GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  expect(await text(socket)).toContain('HTTP/1.1 200 ');
});

it.each([
  ['without a route', '/nope', undefined, '', 404],
  ['with an unknown query', '/tasks/asked/adapt?modle=x', undefined, '', 400],
  ['with a body that is too large', '/tasks/asked/adapt', 2 ** 33, '', 413],
  ['through a proxy', '/tasks/asked/adapt', undefined, 'Via: 1.1 proxy\r\n', 403],
] as const)('does not ask for the body of a request %s', async (_what, path, length, more, status) => {
  const [answer] = await once(ask(path, length, more), 'data');
  expect(String(answer)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
});

it('answers a caller that sends a refused body without waiting', async () => {
  const large = Buffer.alloc(5_000_000, ' ');
  const socket = ask('/nope', large.length);
  const answers = text(socket);
  for (let at = 0; at < large.length; at += 500_000) {
    await setTimeout(5);
    socket.write(large.subarray(at, at + 500_000));
  }
  // The connection stays, because the whole body has arrived.
  socket.end('GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  expect((await answers).match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 200']);
});

it('keeps the connection of a request without a body', async () => {
  const head = (more: string) => `GET /health/live HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
  const socket = connect(port, '127.0.0.1');
  socket.end(head('Expect: 100-continue\r\n') + head('Connection: close\r\n'));
  expect((await text(socket)).match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
});

it('reads a body that does not wait', async () => {
  const socket = ask('/tasks/eager/adapt', undefined, 'Connection: close\r\n');
  socket.write(body);
  expect(await text(socket)).toContain('HTTP/1.1 202 ');
});
