import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { closeGracefully } from './connection/graceful-close.ts';
import { type MetricsOptions, metricsRoutes } from './routes/metrics.ts';

/** The metrics alone, for a port that callers do not reach. */
export async function buildMetricsApp(
  options: MetricsOptions & { readonly logger: FastifyBaseLogger },
): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
  });
  closeGracefully(app);
  await app.register(metricsRoutes, options);
  return app;
}
