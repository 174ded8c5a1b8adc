import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  LogController,
} from 'fastify';
import { throttleErrors } from '../concurrency/throttle-errors.ts';
import { boundedServers } from './connection/bounded-server.ts';
import { closeGracefully } from './connection/graceful-close.ts';
import { answerErrors, createSendError } from './errors/problems.ts';
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
  const app: FastifyInstance = Fastify({
    loggerInstance: options.logger,
    serverFactory: boundedServers({
      maxConnections: MAX_SCRAPERS,
      http: {},
      onAcceptError: throttleErrors((err) =>
        options.logger.error({ err }, 'a connection could not be accepted'),
      ),
    }),
    logController: new LogController({ disableRequestLogging: true }),
  });
  closeGracefully(app);
  answerErrors(app, createSendError(defaultLimits));
  const answerMethods = answerOtherMethods(app);
  refuseUnknownQuery(app);
  await app.register(metricsRoutes, options);
  answerMethods();
  return app;
}
