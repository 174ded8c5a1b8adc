import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import Fastify, { type FastifyReply } from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { whenClosed } from '../../../src/http/connection/disconnect.ts';
import { eventually } from '../../support/eventually.ts';

/** Starts a server that answers `/now` and never answers other paths. Records the paths of closed requests. */
async function listening() {
  const app = Fastify();
  onTestFinished(() => app.close());
  const closed: string[] = [];
  const seen: string[] = [];
  const replies: FastifyReply[] = [];
  app.get('/*', (request, reply) => {
    whenClosed(reply, () => closed.push(request.url));
    seen.push(request.url);
    replies.push(reply);
    if (request.url === '/now') reply.send('done');
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  const ask = (...paths: string[]) =>
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`).join(''));
  return { socket, ask, closed, seen, replies };
}

it('calls back for every pipelined request when its connection breaks', async () => {
  const { socket, ask, closed, seen } = await listening();
  const paths = ['/first', ...Array.from({ length: 20 }, (_, i) => `/behind/${i}`)];
  ask(...paths);
  await eventually(() => expect(seen).toEqual(paths));
  expect(closed).toEqual([]);
  socket.destroy();
  await eventually(() => expect(closed).toHaveLength(paths.length));
  expect(new Set(closed)).toEqual(new Set(paths));
});

it('calls back once for an answer, and not again when its connection ends', async () => {
  const { socket, ask, closed } = await listening();
  ask('/now');
  await once(socket, 'data');
  await eventually(() => expect(closed).toEqual(['/now']));
  ask('/now', '/waits');
  await eventually(() => expect(closed).toEqual(['/now', '/now']));
  socket.destroy();
  await eventually(() => expect(closed).toEqual(['/now', '/now', '/waits']));
});

it('calls back at once if the connection has ended already', async () => {
  const { socket, ask, closed, replies } = await listening();
  ask('/first', '/behind');
  await eventually(() => expect(replies).toHaveLength(2));
  socket.destroy();
  await eventually(() => expect(closed).toHaveLength(2));
  let heard = 0;
  for (const reply of replies) whenClosed(reply, () => (heard += 1));
  expect(heard).toBe(2);
});
