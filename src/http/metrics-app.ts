import type { FastifyBaseLogger, FastifyInstance, FastifyPluginAsync } from 'fastify';
import { setBrowserHeaders } from './admission/browsers.ts';
import { createBareApp } from './bare-app.ts';
import { closeGracefully } from './connection/graceful-close.ts';
import { requireHost } from './errors/malformed.ts';
import { defaultLimits } from './limits.ts';
import { answerOtherMethods } from './protocol/other-methods.ts';
import { refuseUnknownQuery } from './protocol/query.ts';

/** Most open connections. Few processes read metrics. */
const MAX_SCRAPERS = 32;

export interface MetricsOptions {
  /** All metrics in Prometheus' text format. */
  exposition(): Promise<string>;
}

/** Metrics of the process, for a scraper. They do not name tenants. */
export const metricsRoutes: FastifyPluginAsync<MetricsOptions> = async (app, { exposition }) => {
  app.get('/metrics', { config: { access: 'probe' }, schema: { hide: true } }, async (_request, reply) => {
    reply.type('text/plain; version=0.0.4; charset=utf-8').header('cache-control', 'no-store');
    return exposition();
  });
};

/** An application with only the metrics route, for a separate port that API callers cannot reach. */
export async function buildMetricsApp(
  options: MetricsOptions & { readonly logger: FastifyBaseLogger },
): Promise<FastifyInstance> {
  const { logger } = options;
  const app = createBareApp({ logger, limits: defaultLimits, maxConnections: MAX_SCRAPERS });
  closeGracefully(app);
  const answerMethods = answerOtherMethods(app);
  requireHost(app);
  await setBrowserHeaders(app, []);
  refuseUnknownQuery(app);
  await app.register(metricsRoutes, options);
  answerMethods();
  return app;
}
