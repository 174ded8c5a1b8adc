import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import type { Config } from '../../../src/config.ts';
import { createLogger } from '../../../src/main/server/logger.ts';
import { type Server, startServer } from '../../../src/main/server/server.ts';
import type { Package } from '../../../src/package/manifest.ts';
import { modelsFolder } from '../files/models-folder.ts';

export interface Served extends Pick<Server, 'address' | 'service'> {
  /** The log so far. */
  readonly lines: readonly string[];
  /** Ends it before the end of the test. */
  stop(): Promise<void>;
}

/** Runs a whole server in this process, like `npm start`, with wide limits. It ends with the running test. */
export async function serve(
  environment: Readonly<Record<string, string>>,
  { packages, ...overrides }: Partial<Config> & { packages?: readonly Package[] } = {},
): Promise<Served> {
  const [models, data] = [await modelsFolder(packages), await mkdtemp(join(tmpdir(), 'innerloop-data-'))];
  onTestFinished(async () => {
    for (const folder of [models, data]) await rm(folder, { recursive: true, force: true });
  });
  const config = parseConfig({
    PORT: '0',
    MODELS_DIR: models,
    DATA_DIR: data,
    MAX_QUEUED: '100000',
    RATE_LIMIT: '10000000',
    ...environment,
  });
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  const server = await startServer({ ...config, ...overrides }, logger);
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= Promise.resolve(server[Symbol.asyncDispose]());
    return stopped;
  };
  onTestFinished(stop);
  return { address: server.address, service: server.service, lines, stop };
}
