import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerFields } from '../admission/tenant.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True for a POST that changes nothing. It gets no audit line. */
    readonly readOnly?: boolean;
  }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Logs one line per request when it is answered. A request that changes something gets a second line, the audit line, with
 * the caller, the operation and the status. No line contains headers, bodies or queries.
 */
export function logRequests(app: FastifyInstance): void {
  // Redaction would double the time of a line, and these lines have only the fields chosen below.
  const log = app.log.child({}, { redact: [] });
  app.addHook('onResponse', (request, reply, done) => {
    const { id: reqId, method, url } = request;
    const status = reply.statusCode;
    const [path] = url.split('?', 1);
    const caller = callerFields(request);
    log.info({ reqId, method, url: path, status, ms: Math.round(reply.elapsedTime), ...caller }, 'request');
    const operation = operationOf(request);
    if (operation !== undefined && !SAFE.has(method) && !request.routeOptions.config.readOnly) {
      const { task } = request.params as { task?: string };
      log.info({ reqId, ...caller, operation, task, status }, 'audit');
    }
    done();
  });
}

function operationOf({ routeOptions }: FastifyRequest): string | undefined {
  return (routeOptions.schema as { operationId?: string } | undefined)?.operationId;
}
