import type { FastifyInstance } from 'fastify';
import type { Histogram, Meter } from '../../ports/telemetry.ts';

/** One label for all paths without a route: there is no end of such paths. */
const NO_ROUTE = 'none';

/** Records the duration of every request by method, route pattern and status. */
export function recordRequestMetrics(app: FastifyInstance, meter: Meter): void {
  // Keyed by the route's own object first: this runs for each request, and making a text key is slower.
  const routes = new WeakMap<object, Map<string, Histogram>>();
  app.addHook('onResponse', (request, reply, done) => {
    const { config, url: route = NO_ROUTE } = request.routeOptions;
    const { method } = request;
    const status = String(reply.statusCode);
    const measures = routes.get(config) ?? new Map<string, Histogram>();
    const key = method + status;
    let histogram = measures.get(key);
    if (!histogram) {
      histogram = meter.histogram('innerloop_http_request_duration_seconds', { method, route, status });
      routes.set(config, measures.set(key, histogram));
    }
    histogram.record(reply.elapsedTime / 1000);
    done();
  });
}
