import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy with one address whose target can change. Open connections keep their target. */
export interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** Sends new connections to the Redis at `url`. */
  lead(url: string): void;
  /** The number of open connections. */
  connections(): number;
}

export async function startProxy(url: string): Promise<Proxy> {
  let target = url;
  const sockets = new Set<Socket>();
  const server = createServer((caller) => {
    const { hostname, port } = new URL(target);
    const onward = connect(Number(port), hostname);
    for (const [from, to] of [
      [caller, onward],
      [onward, caller],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${port}`,
    lead(next) {
      target = next;
    },
    connections: () => sockets.size / 2,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
