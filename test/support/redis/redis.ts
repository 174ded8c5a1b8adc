import { describe } from 'vitest';
import { privateServers } from './server.ts';
import type { RedisSource, StartRedis } from './source.ts';

export type { TestRedis } from './source.ts';

const wanted = process.env.TEST_REDIS ?? 'any';
const source = await choose(wanted);

/** Of the source that `TEST_REDIS` names, or else of the first there is. */
export const startRedis: StartRedis = starterOf(source);

/** A suite that starts a Redis. Where none can be had it is left out and says so; in CI it fails. */
export function describeWithRedis(name: string, body: () => void): void {
  describeWith(source, process.env.CI === 'true' || wanted !== 'any', name, body);
}

/** A suite on Redis from `from`. Where that has none the suite fails if it is required, else is left out and says so. */
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

/** Tests start dozens of servers, and a process is there in a tenth of a container's time. */
async function choose(name: string): Promise<RedisSource> {
  // Testcontainers takes longer to load than a server to start.
  const containers = async () => (await import('./container.ts')).containers();
  if (name === 'binary') return privateServers();
  if (name === 'docker') return containers();
  if (name !== 'any') throw new Error(`Expected TEST_REDIS to be binary or docker, got ${name}`);
  const servers = await privateServers();
  if (typeof servers !== 'string') return servers;
  const others = await containers();
  return typeof others === 'string' ? `${servers}. ${others}` : others;
}
