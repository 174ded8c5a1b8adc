import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
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

type Environment = Readonly<Record<string, string>>;
type Overrides = Partial<Config> & { packages?: readonly Package[] };
/** Registers work for the end of the test or of its suite. The last registered runs first. */
type AtEnd = (work: () => Promise<void>) => void;

/** Runs a whole server in this process, like `npm start`, with wide limits. It ends with the running test. */
export const serve = (environment: Environment, overrides: Overrides = {}): Promise<Served> =>
  start(environment, overrides, onTestFinished);

/** As `serve`, with these bundled packages: all of them take a second longer to load. */
export async function serveBundled(names: readonly string[], environment: Environment = {}): Promise<Served> {
  const models = await ownFolder(bundledFolder(names), onTestFinished);
  return serve({ MODELS_DIR: models, ...environment });
}

/** As `serveBundled`, once for all tests of a suite. Each test uses its own tasks. */
export function serveForAll(names: readonly string[]): { readonly served: Served } {
  const ends: (() => Promise<void>)[] = [];
  const atEnd: AtEnd = (work) => void ends.unshift(work);
  let served: Served | undefined;
  beforeAll(async () => {
    served = await start({ MODELS_DIR: await ownFolder(bundledFolder(names), atEnd) }, {}, atEnd);
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });
  return {
    get served() {
      if (!served) throw new Error('The server is there from the first test on');
      return served;
    },
  };
}

async function start(
  environment: Environment,
  { packages, ...overrides }: Overrides,
  atEnd: AtEnd,
): Promise<Served> {
  const MODELS_DIR = environment.MODELS_DIR ?? (await ownFolder(modelsFolder(packages), atEnd));
  const data = () => mkdtemp(join(tmpdir(), 'innerloop-data-'));
  const DATA_DIR = environment.DATA_DIR ?? (await ownFolder(data(), atEnd));
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
  atEnd(stop);
  return { address: server.address, service: server.service, lines, stop };
}

/** Removes the folder at the end. */
async function ownFolder(made: Promise<string>, atEnd: AtEnd): Promise<string> {
  const folder = await made;
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
