import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createBareApp } from '../../../src/http/bare-app.ts';
import { defaultLimits } from '../../../src/http/limits.ts';
import { createLogger } from '../../../src/main/server/logger.ts';

it('warns once when connections are closed because too many are open', async () => {
  const lines: string[] = [];
  const logger = createLogger('warn', { write: (line: string) => void lines.push(line) });
  const app = createBareApp({ logger, limits: defaultLimits, maxConnections: 2 });
  onTestFinished(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  await open();
  await open();
  expect(lines).toEqual([]);
  for (let i = 0; i < 3; i++) await once(await open(), 'close');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      level: 40,
      maxConnections: 2,
      msg: expect.stringMatching(/^further connections are closed at once/),
    }),
  ]);
});
