import type { FastifyRequest } from 'fastify';
import type { TenantId } from '../../domain/task.ts';
import type { Caller } from '../../service/keys/keys.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on public routes, and before `admitCallers` has identified the caller. */
    caller: Caller | null;
  }
}

/** The tenant of a request to a route that needs a caller. */
export function tenantOf({ caller, routeOptions }: FastifyRequest): TenantId {
  if (caller === null) throw new Error(`Expected a caller at ${routeOptions.url}, got none`);
  return caller.tenant;
}

/** The fields of log lines that identify the caller. */
export function callerFields({ caller }: FastifyRequest) {
  return caller === null ? {} : { tenant: caller.tenant, key: caller.keyId };
}
