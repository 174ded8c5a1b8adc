import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { type AppOptions, buildApp } from '../../../src/http/app.ts';
import { type Composed, compose } from '../../../src/main/server/compose.ts';
import { createServerKeys } from '../../../src/main/server/keys.ts';
import type { KeyStore } from '../../../src/ports/stores/key-store.ts';
import type { Keys } from '../../../src/service/keys/keys.ts';
import type { Service } from '../../../src/service/service.ts';
import { inMemory } from '../../support/memory/adapters.ts';
import { installBundled, installByKind, installTiny } from '../../support/packages/installed.ts';
import { silent } from '../../support/silent.ts';

export interface TestApp {
  /** Set before the first test runs. */
  readonly app: FastifyInstance;
  readonly service: Service;
  readonly keys: Keys;
  readonly keyStore: KeyStore;
}

export interface TestAppOptions extends Partial<AppOptions> {
  readonly environment?: Readonly<Record<string, string>>;
  /** The bundled packages to load, instead of tiny ones. */
  readonly bundled?: readonly string[];
  /** Store in LMDB, and run programs and decode in threads. Default: all in this thread's memory, which starts at once. */
  readonly onAdapters?: boolean;
  /** Installs the packages of `packagesByKind`, with their encoders. Default: all tiny packages. */
  readonly byKind?: boolean;
}

/** Starts the app over the service once for all tests of a file. Each test uses its own tasks. */
export function startApp(options: TestAppOptions = {}): TestApp {
  const started: { app?: FastifyInstance; composed?: Composed; keys?: Keys } = {};
  const folders: string[] = [];
  beforeAll(async () => {
    const { environment, bundled, byKind, onAdapters, ...rest } = options;
    const data = await mkdtemp(join(tmpdir(), 'innerloop-data-'));
    folders.push(data);
    const { packages, encoders = join(data, 'encoders') } = await (bundled
      ? installBundled(bundled)
      : byKind
        ? installByKind()
        : installTiny());
    const config = parseConfig({ ENCODERS_DIR: encoders, DATA_DIR: data, ...environment });
    // Reading packages takes longer than most tests.
    const installed = environment?.MODELS_DIR === undefined && { readPackages: async () => packages };
    const logger = options.logger ?? silent;
    started.composed = await compose(config, logger, { ...(!onAdapters && inMemory), ...installed });
    started.keys = createServerKeys(started.composed.keyStore, config, logger);
    await started.composed.loaded;
    started.composed.work();
    const { service } = started.composed;
    started.app = await buildApp({ service, keys: started.keys, version: '0.0.0', ...rest });
    await started.app.ready();
  });
  afterAll(async () => {
    await started.app?.close();
    await started.composed?.[Symbol.asyncDispose]();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });
  const set = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('The app is there from the first test on');
    return value;
  };
  return {
    get app() {
      return set(started.app);
    },
    get service() {
      return set(started.composed).service;
    },
    get keys() {
      return set(started.keys);
    },
    get keyStore() {
      return set(started.composed).keyStore;
    },
  };
}
