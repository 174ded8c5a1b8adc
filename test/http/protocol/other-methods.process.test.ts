import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, it } from 'vitest';
import { startApp } from '../support/start-app.ts';

const http = startApp();
let port: number;
beforeAll(async () => {
  await http.app.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = http.app.server.address() as AddressInfo);
});

/** The status and the allowed methods of the answer to a request target that no URL library would send. */
async function answerTo(method: string, target: string) {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  const [bytes] = await once(socket, 'data');
  socket.destroy();
  const answer = String(bytes);
  return [Number(answer.split(' ')[1]), /^allow: (.*)\r$/im.exec(answer)?.[1]];
}

it.each(['*', 'http://localhost', 'http://localhost?a=b', 'http://user@localhost/'])(
  'the request target %s stands for the first page',
  async (target) => {
    const allow = 'GET, HEAD, OPTIONS';
    expect(await answerTo('OPTIONS', target)).toEqual([204, allow]);
    expect(await answerTo('PUT', target)).toEqual([405, allow]);
  },
);

it('an error at a whole URL has the form of its route', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'GET http://localhost/v2/models/none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  );
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1.1 404 /);
  expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toEqual({ error: expect.any(String) });
});

it('closes the connection of a caller that keeps sending a body with OPTIONS', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write('OPTIONS /models HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000000\r\n\r\n');
  const [bytes] = await once(socket, 'data');
  expect(String(bytes)).toMatch(/^HTTP\/1.1 204 /);
  const send = setInterval(() => socket.write(Buffer.alloc(1024)), 50);
  await closed;
  clearInterval(send);
});
