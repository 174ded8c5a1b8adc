import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Resolves when a Redis answers. */
export async function answering(url: string): Promise<void> {
  const probe = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  probe.on('error', () => undefined);
  const giveUp = new AbortController();
  try {
    await Promise.race([
      probe.ping(),
      setTimeout(20_000, undefined, { signal: giveUp.signal }).then(() => {
        throw new Error(`Expected a Redis at ${url}, got no answer`);
      }),
    ]);
  } finally {
    giveUp.abort();
    probe.disconnect();
  }
}

/**
 * Finds a free port, below the range of outgoing connections. Otherwise, while a server is down, a
 * client that connects to its port could get the same port as its own, and connect to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      return port;
    } catch {
      // The port is in use, so try another one.
    } finally {
      server.close();
    }
  }
}
