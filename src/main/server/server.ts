import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { itemsOf } from '../../config/parse.ts';
import type { Config } from '../../config.ts';
import { buildApp } from '../../http/app.ts';
import { defaultLimits } from '../../http/limits.ts';
import { buildMetricsApp } from '../../http/metrics-app.ts';
import { isLoopback } from '../../loopback.ts';
import type { Service } from '../../service/service.ts';
import { readGuide } from '../guide/guide.ts';
import { readVersion } from '../version.ts';
import { type Adapters, compose } from './compose.ts';
import { connectionLimit } from './connection-limit.ts';
import { createFirstKey, createServerKeys } from './keys.ts';
import { listenAt } from './listen-at.ts';
import { readPage } from './page.ts';

export interface Server extends AsyncDisposable {
  /** `http://127.0.0.1:3000` */
  readonly address: string;
  readonly service: Service;
  /** The first key. It is created if no key exists and other machines can reach the address. Print it; never log it. */
  readonly firstKey: string | null;
}

/** Starts the service. Disposal refuses new requests, lets running work finish or persists it, then frees all resources. */
export async function startServer(
  config: Config,
  logger: FastifyBaseLogger,
  adapters?: Adapters,
): Promise<Server> {
  const composed = await compose(config, logger, adapters);
  const open: FastifyInstance[] = [];
  const closeAll = () => Promise.all(open.map((app) => app.close()));
  try {
    const { meter } = composed;
    const keys = createServerKeys(composed.keyStore, config, logger);
    const app = await buildApp({
      service: composed.service,
      keys,
      serves: config.ROLE === 'worker' ? 'health' : 'all',
      version: readVersion(),
      logger,
      limits: {
        ...defaultLimits,
        bodyBytes: config.MAX_BODY_BYTES,
        formBytes: config.MAX_FORM_BYTES,
        fileBytes: config.MAX_FILE_BYTES,
        files: config.MAX_FILES,
        arrivalMs: config.MAX_ARRIVAL_MS,
        bodiesBytes: config.MAX_BODIES_BYTES,
        predictions: config.MAX_PREDICTIONS,
      },
      maxConnections: connectionLimit(config.MAX_CONNECTIONS),
      rateLimit: { perMinute: config.RATE_LIMIT, counter: composed.requestCounter },
      trustProxy: itemsOf(config.TRUST_PROXY),
      corsOrigins: itemsOf(config.CORS_ORIGINS),
      meter,
      tracer: composed.tracer,
      page: await readPage(),
      guide: readGuide,
      metrics: isLoopback(config.HOST) && config.METRICS_PORT === 0 ? meter : undefined,
    });
    await composed.loaded;
    // Before the first request, so that work of an earlier process keeps its place in the queue.
    composed.work();
    const address = await listenAt(app, config, 'HOST', 'PORT');
    open.push(app);
    if (config.METRICS_PORT !== 0) {
      const metricsApp = await buildMetricsApp({ ...meter, logger });
      await listenAt(metricsApp, config, 'METRICS_HOST', 'METRICS_PORT');
      open.push(metricsApp);
    }
    // Only after listening succeeds. If the start failed later, the key would be lost, and no caller would have one.
    const firstKey = await createFirstKey(keys, config);
    return {
      address,
      service: composed.service,
      firstKey,
      async [Symbol.asyncDispose]() {
        await Promise.all([app.close(), composed.drain()]);
        // Metrics last, so that the shutdown can be observed.
        await closeAll();
        await composed[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await closeAll();
    await composed[Symbol.asyncDispose]();
    throw error;
  }
}
