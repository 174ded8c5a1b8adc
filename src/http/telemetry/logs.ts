import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerFields } from '../admission/tenant.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For a POST that changes nothing: it gets no audit line. */
    readonly readOnly?: boolean;
  }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Logs one line per request when it is answered, and an audit line more for a request that changes something: the caller,
 * the operation and the status. Lines have no header, no body and no query.
 */
export function logRequests(app: FastifyInstance): void {
  // No redaction, which would double the time: the fields of these lines are chosen here.
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
