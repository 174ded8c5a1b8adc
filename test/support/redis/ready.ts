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
 * A port that nobody listens on. Below those that the system gives to outgoing connections: while a server is down, a
 * client that tries to reach it could be given its port, and reach itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      return port;
    } catch {
      // Somebody listens there: another one.
    } finally {
      server.close();
    }
  }
}
