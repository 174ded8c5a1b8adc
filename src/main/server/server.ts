import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { type Config, itemsOf } from '../../config.ts';
import { nullIfUnavailable } from '../../errors.ts';
import { buildApp } from '../../http/app.ts';
import { defaultLimits } from '../../http/limits.ts';
import { buildMetricsApp } from '../../http/metrics-app.ts';
import { isLoopback } from '../../loopback.ts';
import type { Service } from '../../service/service.ts';
import { readVersion } from '../version.ts';
import { assemble } from './compose.ts';
import { connectionLimit } from './connection-limit.ts';
import { createServerKeys } from './keys.ts';
import { listenAt } from './listen-at.ts';

export interface Server extends AsyncDisposable {
  /** `http://127.0.0.1:3000` */
  readonly address: string;
  readonly service: Service;
  /** The key that was made because there was none and others reach the address; for a person's eyes, and never logged. */
  readonly firstKey: string | null;
}

/** The whole service, listening. Disposal refuses what comes, lets what runs finish or persist, then frees. */
export async function startServer(config: Config, logger: FastifyBaseLogger): Promise<Server> {
  const assembled = await assemble(config, logger);
  const open: FastifyInstance[] = [];
  const closeAll = () => Promise.all(open.map((app) => app.close()));
  try {
    const { meter } = assembled;
    const keys = createServerKeys(assembled.keyStore, config, logger);
    const app = await buildApp({
      service: assembled.service,
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
      rateLimit: { perMinute: config.RATE_LIMIT, counter: assembled.requestCounter },
      trustProxy: itemsOf(config.TRUST_PROXY),
      corsOrigins: itemsOf(config.CORS_ORIGINS),
      meter,
      tracer: assembled.tracer,
      metrics: isLoopback(config.HOST) && config.METRICS_PORT === 0 ? meter : undefined,
    });
    await assembled.loaded;
    // Before the first request, so that work left by a former process keeps its place in the queue.
    assembled.work();
    const address = await listenAt(app, config, 'HOST', 'PORT');
    open.push(app);
    if (config.METRICS_PORT !== 0) {
      const metricsApp = await buildMetricsApp({ ...meter, logger });
      await listenAt(metricsApp, config, 'METRICS_HOST', 'METRICS_PORT');
      open.push(metricsApp);
    }
    // Once it listens: a key is shown once, and one that nobody saw would lock everybody out.
    const needsKey = config.ROLE !== 'worker' && !isLoopback(config.HOST);
    // A store that is away at the start has its keys, or is given one by hand.
    const first = needsKey ? await keys.createFirst('default').catch(nullIfUnavailable) : null;
    return {
      address,
      service: assembled.service,
      firstKey: first?.token ?? null,
      async [Symbol.asyncDispose]() {
        await Promise.all([app.close(), assembled.drain()]);
        // Last, so that what the process does until then is seen.
        await closeAll();
        await assembled[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await closeAll();
    await assembled[Symbol.asyncDispose]();
    throw error;
  }
}
