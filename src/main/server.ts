import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config.ts';
import { buildApp } from '../http/app.ts';
import { defaultLimits } from '../http/limits.ts';
import type { Service } from '../service/service.ts';
import { assemble } from './assemble.ts';
import { readVersion } from './version.ts';

export interface Server extends AsyncDisposable {
  /** `http://127.0.0.1:3000` */
  readonly address: string;
  readonly service: Service;
}

/** The whole service, listening. Disposal refuses what comes, lets what runs finish or persist, then frees. */
export async function startServer(config: Config, logger: FastifyBaseLogger): Promise<Server> {
  const assembled = await assemble(config, logger);
  try {
    const limits = { ...defaultLimits, bodyBytes: config.MAX_BODY_BYTES };
    const app = await buildApp({ service: assembled.service, version: readVersion(), logger, limits });
    // Before the first request, so that work left by a former process keeps its place in the queue.
    await assembled.work();
    const address = await app.listen({ host: config.HOST, port: config.PORT });
    return {
      address,
      service: assembled.service,
      async [Symbol.asyncDispose]() {
        await Promise.all([app.close(), assembled.drain()]);
        await assembled[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await assembled[Symbol.asyncDispose]();
    throw error;
  }
}
