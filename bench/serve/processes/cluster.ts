import { privateServers } from '../../../test/support/redis/server.ts';
import type { Keep } from '../scenario.ts';
import { type ServerOptions, type ServerProcess, startServer } from './server.ts';

export interface Cluster {
  readonly api: ServerProcess;
  readonly worker: ServerProcess;
}

/**
 * One API process and one worker process with their own Redis, which syncs its append-only file every second; or the
 * reason why they cannot be started.
 */
export async function startCluster(
  environment: Readonly<Record<string, string>>,
  options: ServerOptions,
  keep: Keep,
): Promise<Cluster | { readonly absent: string }> {
  const start = await privateServers();
  if (typeof start === 'string') return { absent: start };
  const { url } = keep(await start(['--appendonly', 'yes', '--appendfsync', 'everysec']));
  const process = async (ROLE: string) =>
    keep(await startServer({ ...environment, REDIS_URL: url, ROLE }, options));
  return { worker: await process('worker'), api: await process('api') };
}
