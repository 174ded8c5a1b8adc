import { rm } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll } from 'vitest';
import { createOnnxRunner } from '../../../src/adapters/onnxruntime/program-runner.ts';
import { parseConfig } from '../../../src/config.ts';
import { type AppOptions, buildApp } from '../../../src/http/app.ts';
import { type Assembled, assemble } from '../../../src/main/server/compose.ts';
import { createServerKeys } from '../../../src/main/server/keys.ts';
import { createLogger } from '../../../src/main/server/logger.ts';
import type { Keys } from '../../../src/service/keys/keys.ts';
import type { Service } from '../../../src/service/service.ts';
import { openMemoryBackend } from '../../support/memory/backend.ts';
import { modelsFolder } from '../../support/models-folder.ts';

export interface TestApp {
  /** Set before the first test runs. */
  readonly app: FastifyInstance;
  readonly service: Service;
  readonly keys: Keys;
}

/** The real app over the real service for all tests of a file: start-up is dear, and tasks keep out of each other's way. */
export function startApp(
  options: Partial<AppOptions> & { environment?: Record<string, string> } = {},
): TestApp {
  const started: { app?: FastifyInstance; assembled?: Assembled; keys?: Keys } = {};
  const folders: string[] = [];
  beforeAll(async () => {
    const { environment, ...rest } = options;
    const models = await modelsFolder();
    folders.push(models);
    const config = parseConfig({ MODELS_DIR: models, ...environment });
    const logger = options.logger ?? createLogger('silent');
    started.assembled = await assemble(
      config,
      logger,
      createOnnxRunner,
      async (given, _logger, _meter, onError) => openMemoryBackend(given, onError),
    );
    started.keys = createServerKeys(started.assembled.keyStore, config, logger);
    started.assembled.work();
    const { service } = started.assembled;
    started.app = await buildApp({ service, keys: started.keys, version: '0.0.0', ...rest });
    await started.app.ready();
  });
  afterAll(async () => {
    await started.app?.close();
    await started.assembled?.[Symbol.asyncDispose]();
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
      return set(started.assembled).service;
    },
    get keys() {
      return set(started.keys);
    },
  };
}
