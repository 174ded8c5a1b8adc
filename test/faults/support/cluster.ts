import { rm } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { modelsFolder } from '../../support/files/models-folder.ts';
import { tinyPackages } from '../../support/packages.ts';
import { packagesOverTexts } from '../../support/packages-over-texts.ts';
import { startRedis } from '../../support/redis/redis.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type ServerProcess, startServerProcess } from '../../support/servers/server-process.ts';

/** Processes of the service with a separate Redis. All of them end when the running test ends or fails. */
export interface Cluster {
  readonly redis: Redis;
  /** Resolves when the process listens. */
  start(role: 'api' | 'worker', entry?: string): Promise<ServerProcess>;
}

export async function startCluster(settings: Readonly<Record<string, string>> = {}): Promise<Cluster> {
  const server = await startRedis();
  const encoders = await scratchFolder();
  const packages = [
    tinyPackages.prototypes(),
    tinyPackages.gradients(),
    ...(await packagesOverTexts(encoders)).packages,
  ];
  const models = await modelsFolder(packages);
  const redis = new Redis(server.url);
  const started: Promise<ServerProcess>[] = [];
  onTestFinished(async () => {
    // A failed test may leave processes that are still starting.
    for (const each of await Promise.allSettled(started)) {
      if (each.status === 'fulfilled') await each.value.stop('SIGKILL');
    }
    redis.disconnect();
    await server[Symbol.asyncDispose]();
    await rm(models, { recursive: true });
  });
  return {
    redis,
    start(role, entry) {
      const folders = { MODELS_DIR: models, ENCODERS_DIR: encoders };
      const environment = { REDIS_URL: server.url, ...folders, LOG_LEVEL: 'info', ...settings };
      const process = startServerProcess({ ...environment, ROLE: role }, entry);
      started.push(process);
      return process;
    },
  };
}
