import type { FastifyInstance } from 'fastify';
import type { Histogram, Meter } from '../../ports/telemetry.ts';

/** Requests to routes that do not exist are one: their paths are whatever strangers think of. */
const NO_ROUTE = 'none';

/** Measures every request by method, pattern of its route and status. */
export function measureRequests(app: FastifyInstance, meter: Meter): void {
  // By the route's own object first, which takes no time to make: this is done for each request.
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
