import type { FastifyRequest } from 'fastify';
import type { TenantId } from '../../domain/task.ts';
import type { Caller } from '../../service/keys/keys.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `admission/access.ts`; null on public routes, and until it is known. */
    caller: Caller | null;
  }
}

/** The tenant of a request to a route that needs a caller. */
export function tenantOf({ caller, routeOptions }: FastifyRequest): TenantId {
  if (caller === null) throw new Error(`Expected a caller at ${routeOptions.url}, got none`);
  return caller.tenant;
}

/** The caller in log lines. */
export function callerFields({ caller }: FastifyRequest) {
  return caller === null ? {} : { tenant: caller.tenant, key: caller.keyId };
}
