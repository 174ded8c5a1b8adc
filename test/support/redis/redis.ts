import { describe } from 'vitest';
import { privateServers } from './server.ts';
import type { RedisSource, StartRedis } from './source.ts';

export type { TestRedis } from './source.ts';

const wanted = process.env.TEST_REDIS ?? 'any';
const source = await choose(wanted);

/** Starts a Redis from the source in `TEST_REDIS`, or from the first available source. */
export const startRedis: StartRedis = starterOf(source);

/** A suite that starts a Redis. If no Redis is available, the suite is skipped with a message; in CI it fails. */
export function describeWithRedis(name: string, body: () => void): void {
  describeWith(source, process.env.CI === 'true' || wanted !== 'any', name, body);
}

/** A suite on Redis from `from`. If that has none, the suite fails if it is required; otherwise it is skipped with a message. */
export function describeWith(
  from: RedisSource,
  isRequired: boolean,
  name: string,
  body: (start: StartRedis) => void,
): void {
  const isLeftOut = typeof from === 'string' && !isRequired;
  if (isLeftOut) console.warn(`Left out: ${name}. ${from}`);
  describe.skipIf(isLeftOut)(name, () => body(starterOf(from)));
}

function starterOf(from: RedisSource): StartRedis {
  if (typeof from === 'string') return () => Promise.reject(new Error(from));
  return (options = ['--appendonly', 'yes', '--appendfsync', 'always']) => from(options);
}

/** Prefer processes: tests start dozens of servers, and a process starts ten times faster than a container. */
async function choose(name: string): Promise<RedisSource> {
  // Import it lazily: Testcontainers takes longer to load than a server to start.
  const containers = async () => (await import('./container.ts')).containers();
  if (name === 'binary') return privateServers();
  if (name === 'docker') return containers();
  if (name !== 'any') throw new Error(`Expected TEST_REDIS to be binary or docker, got ${name}`);
  const servers = await privateServers();
  if (typeof servers !== 'string') return servers;
  const others = await containers();
  return typeof others === 'string' ? `${servers}. ${others}` : others;
}
