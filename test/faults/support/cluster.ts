import { rm } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { expect, onTestFinished } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { modelsFolder } from '../../support/files/models-folder.ts';
import { packagesOverTexts } from '../../support/packages/over-texts.ts';
import { tinyPackages } from '../../support/packages.ts';
import { startRedis } from '../../support/redis/redis.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type ServerProcess, startServerProcess } from '../../support/servers/server-process.ts';

/** Processes of the service with a separate Redis. All of them end when the running test ends or fails. */
export interface Cluster {
  readonly redis: Redis;
  /** That of its processes, without their role. */
  readonly environment: Readonly<Record<string, string>>;
  /** Resolves when the process is ready; one that does not listen, when it has started. */
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
  const folders = { MODELS_DIR: models, ENCODERS_DIR: encoders, DATA_DIR: await scratchFolder() };
  const environment = { REDIS_URL: server.url, ...folders, LOG_LEVEL: 'info', ...settings };
  return {
    redis,
    environment,
    start(role, entry) {
      const process = startServerProcess({ ...environment, ROLE: role }, entry).then(ready);
      started.push(process);
      return process;
    },
  };
}

/** A process that has just begun to listen may be too busy to answer its first calls. */
async function ready(process: ServerProcess): Promise<ServerProcess> {
  if (!URL.canParse(process.address)) return process;
  const isReady = async () => expect((await fetch(`${process.address}/health/ready`)).status).toBe(200);
  await eventually(isReady, { timeout: 30_000, interval: 50 });
  return process;
}
