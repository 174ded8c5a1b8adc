import type { FastifyPluginAsync } from 'fastify';

export interface MetricsOptions {
  /** All measures, in Prometheus' text format. */
  exposition(): Promise<string>;
}

/** For a scraper: of the whole process, and so of no tenant. */
export const metricsRoutes: FastifyPluginAsync<MetricsOptions> = async (app, { exposition }) => {
  app.get('/metrics', { config: { access: 'probe' }, schema: { hide: true } }, async (_request, reply) => {
    reply.type('text/plain; version=0.0.4; charset=utf-8').header('cache-control', 'no-store');
    return exposition();
  });
};
