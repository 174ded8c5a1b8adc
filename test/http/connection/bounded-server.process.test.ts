import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { FastifyServerOptions } from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { createBareApp } from '../../../src/http/bare-app.ts';
import { boundedServers } from '../../../src/http/connection/bounded-server.ts';
import { defaultLimits } from '../../../src/http/limits.ts';
import { createLogger } from '../../../src/main/server/logger.ts';

async function openAt(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

it('warns once when connections are closed because too many are open', async () => {
  const lines: string[] = [];
  const logger = createLogger('warn', { write: (line: string) => void lines.push(line) });
  const app = createBareApp({ logger, limits: defaultLimits, maxConnections: 2 });
  onTestFinished(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  await openAt(port);
  await openAt(port);
  expect(lines).toEqual([]);
  for (let i = 0; i < 3; i++) await once(await openAt(port), 'close');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      level: 40,
      maxConnections: 2,
      msg: expect.stringMatching(/^further connections are closed at once/),
    }),
  ]);
});

it('says how many connections each of several servers may have', async () => {
  const said: number[] = [];
  const makeServer = boundedServers({
    maxConnections: 5,
    http: {},
    onAcceptError: () => undefined,
    onExcess: (most) => void said.push(most),
  });
  const [server] = [1, 2].map(() => makeServer(() => undefined, {} as FastifyServerOptions));
  if (!server) throw new Error('Expected a server');
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  for (let i = 0; i < 2; i++) await openAt(port);
  await once(await openAt(port), 'close');
  expect(said).toEqual([2]);
});
