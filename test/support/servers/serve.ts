import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import type { Config } from '../../../src/config.ts';
import { createLogger } from '../../../src/main/server/logger.ts';
import { type Server, startServer } from '../../../src/main/server/server.ts';
import type { Package } from '../../../src/package/manifest.ts';
import { bundledFolder, modelsFolder } from '../files/models-folder.ts';

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
  const MODELS_DIR = environment.MODELS_DIR ?? (await ownFolder(modelsFolder(packages)));
  const DATA_DIR = environment.DATA_DIR ?? (await ownFolder(mkdtemp(join(tmpdir(), 'innerloop-data-'))));
  const config = parseConfig({
    PORT: '0',
    MODELS_DIR,
    DATA_DIR,
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

/** As `serve`, with these bundled packages: all of them take a second longer to load. */
export async function serveBundled(
  names: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Served> {
  return serve({ MODELS_DIR: await ownFolder(bundledFolder(names)), ...environment });
}

/** Removes the folder at the end of the running test. */
async function ownFolder(made: Promise<string>): Promise<string> {
  const folder = await made;
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
