import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Origin } from '../../domain/adaptation.ts';
import type { Span, Tracer } from '../../ports/telemetry.ts';
import { isProbe } from '../admission/route-access.ts';

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
    const { method, routeOptions, headers } = request;
    const { url: route } = routeOptions;
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
