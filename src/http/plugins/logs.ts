import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerFields } from '../tenant.ts';

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
  app.addHook('onResponse', async (request, reply) => {
    const { method, url, log } = request;
    const status = reply.statusCode;
    const [path] = url.split('?', 1);
    const caller = callerFields(request);
    log.info({ method, url: path, status, ms: Math.round(reply.elapsedTime), ...caller }, 'request');
    const operation = operationOf(request);
    if (operation === undefined || SAFE.has(method) || request.routeOptions.config.readOnly) return;
    const { task } = request.params as { task?: string };
    log.info({ ...caller, operation, task, status }, 'audit');
  });
}

function operationOf({ routeOptions }: FastifyRequest): string | undefined {
  return (routeOptions.schema as { operationId?: string } | undefined)?.operationId;
}
