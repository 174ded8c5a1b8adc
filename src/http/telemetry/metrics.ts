import type { FastifyInstance } from 'fastify';
import type { Histogram, Meter } from '../../ports/telemetry.ts';

/** One label for all paths without a route. A label per path would let callers create any number of time series. */
const NO_ROUTE = 'none';

/** Records the duration of every request by method, route pattern and status. */
export function recordRequestMetrics(app: FastifyInstance, meter: Meter): void {
  // The first key is the route's own object: this runs for each request, and building one text key is slower.
  const routes = new WeakMap<object, Map<string, Histogram>>();
  app.addHook('onResponse', (request, reply, done) => {
    const { config, url: route = NO_ROUTE } = request.routeOptions;
    const { method } = request;
    const status = String(reply.statusCode);
    const histograms = routes.get(config) ?? new Map<string, Histogram>();
    const key = method + status;
    let histogram = histograms.get(key);
    if (!histogram) {
      histogram = meter.histogram('innerloop_http_request_duration_seconds', { method, route, status });
      routes.set(config, histograms.set(key, histogram));
    }
    histogram.record(reply.elapsedTime / 1000);
    done();
  });
}
