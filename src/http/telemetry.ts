import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Origin } from '../domain/adaptation.ts';
import type { PredictionTimings } from '../ports/program-runner.ts';
import type { Histogram, Meter, Span, Tracer } from '../ports/telemetry.ts';
import { callerFields } from './admission/access.ts';
import { isProbe } from './admission/route-access.ts';
import { routeOf } from './protocol/other-methods.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True for a POST that changes nothing. It gets no audit line. */
    readonly readOnly?: boolean;
  }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Logs one line per request when it is answered. A request that changes something gets a second line, the audit line, with
 * the caller, the operation and the status. No line contains headers, bodies or queries. Only the line of a request that is
 * answered with 401 contains the caller's address, because no key names this caller. Probes get no line: monitoring calls them
 * every few seconds.
 */
export function logRequests(app: FastifyInstance): void {
  // Redaction would double the time of a line, and these lines have only the fields chosen below.
  const log = app.log.child({}, { redact: [] });
  app.addHook('onResponse', (request, reply, done) => {
    const { config, schema } = request.routeOptions;
    if (config.access === 'probe') return done();
    const { id: reqId, method, url } = request;
    const status = reply.statusCode;
    const [path] = url.split('?', 1);
    const caller = callerFields(request);
    const ms = Math.round(reply.elapsedTime);
    const address = status === 401 && { ip: request.ip };
    log.info({ reqId, method, url: path, status, ms, ...caller, ...address }, 'request');
    const { operationId: operation } = (schema ?? {}) as { operationId?: string };
    const isChange = !SAFE.has(method) && !config.readOnly && request.pathOfOthers === null;
    if (operation !== undefined && isChange) {
      const { task } = request.params as { task?: string };
      log.info({ reqId, ...caller, operation, task, status }, 'audit');
    }
    done();
  });
}

/** One label for all paths without a route. A label per path would let callers create any number of time series. */
const NO_ROUTE = 'none';

/** Other methods share the label `_OTHER`. See https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

/** Records the duration of every request by method, route pattern and status. */
export function recordRequestMetrics(app: FastifyInstance, meter: Meter): void {
  // The first key is the route's own object: this runs for each request, and building one text key is slower.
  const routes = new WeakMap<object, Map<string, Histogram>>();
  app.addHook('onResponse', (request, reply, done) => {
    const { config, url: route = NO_ROUTE } = routeOf(request);
    const method = METHODS.has(request.method) ? request.method : '_OTHER';
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

declare module 'fastify' {
  interface FastifyRequest {
    /** Null if tracing is off, and for probes. */
    span: Span | null;
  }
}

/** Makes a span for each request. If the request has a `traceparent`, the span continues the caller's trace. */
export function traceRequests(app: FastifyInstance, tracer: Tracer | undefined): void {
  app.decorateRequest('span', null);
  if (!tracer) return;
  app.addHook('onRequest', (request, _reply, done) => {
    const { method, headers } = request;
    const { url: route } = routeOf(request);
    // Probes are called every few seconds and would be most of the traces.
    if (isProbe(request)) return done();
    const { traceparent } = headers;
    request.span = tracer.start(route ? `${method} ${route}` : method, {
      kind: 'server',
      parent: typeof traceparent === 'string' ? traceparent : undefined,
      attributes: {
        'http.request.method': method,
        ...(route && { 'http.route': route }),
        'innerloop.request': request.id,
      },
    });
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { span } = request;
    span?.set({ 'http.response.status_code': reply.statusCode });
    if (reply.statusCode >= 500) span?.fail(`answered ${reply.statusCode}`);
    span?.end();
    done();
  });
}

/** The ids of the request and its trace, for the record of the adaptation that it starts. */
export function originOf({ id, span }: FastifyRequest): Origin {
  return { requestId: id, ...(span?.traceparent !== undefined && { traceparent: span.traceparent }) };
}

/**
 * Sets the headers `x-cache` (the storage tier that had the adapted state) and `server-timing` (the times of each stage).
 * @see https://www.w3.org/TR/server-timing/
 */
export function setTimingHeaders(
  reply: FastifyReply,
  { tier, queueMs, cacheMs, modelMs }: PredictionTimings,
): void {
  reply.request.span?.set({
    'innerloop.tier': tier,
    'innerloop.queue_ms': queueMs,
    'innerloop.cache_ms': cacheMs,
    'innerloop.model_ms': modelMs,
  });
  reply.header('x-cache', tier);
  reply.header(
    'server-timing',
    `queue;dur=${queueMs.toFixed(2)}, cache;dur=${cacheMs.toFixed(2)}, model;dur=${modelMs.toFixed(2)}`,
  );
}
