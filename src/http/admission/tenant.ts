import type { FastifyRequest } from 'fastify';
import type { TenantId } from '../../domain/task.ts';
import type { Caller } from '../../service/keys/keys.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `plugins/access.ts`; null on routes that are open to all, and until it is known. */
    caller: Caller | null;
  }
}

/** Whose request it is. */
export function tenantOf({ caller, routeOptions }: FastifyRequest): TenantId {
  if (caller === null) throw new Error(`Expected a caller at ${routeOptions.url}, got none`);
  return caller.tenant;
}

/** What log lines say of the caller. */
export function callerFields({ caller }: FastifyRequest) {
  return caller === null ? {} : { tenant: caller.tenant, key: caller.keyId };
}
