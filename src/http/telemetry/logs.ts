import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerFields } from '../admission/tenant.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a POST that changes nothing, so that it leaves no audit line. */
    readonly readOnly?: boolean;
  }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * One line per request when it is answered, and one more for the audit when it was to change something: who, what,
 * and what became of it. Lines hold no header, no body and no query.
 */
export function logRequests(app: FastifyInstance): void {
  // What these lines hold is chosen here, so there is nothing to look for and cut out, which would take as long again.
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
