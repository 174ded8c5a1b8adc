import type { TenantId } from '../../../domain/task.ts';

/** All in one slot, so that one script finds what is due of any tenant. */
const PREFIX = 'innerloop:{outbox}';

/** Sorted set of tenants that have open deliveries, by the earliest `dueAt`. */
export const TENANTS = `${PREFIX}:tenants`;

/** Hash of webhooks by id, as JSON. */
export const webhooksKey = (tenant: TenantId) => `${PREFIX}:${tenant}:webhooks`;

/** Sorted set of `webhook/id` of the tenant's open deliveries, by `dueAt`. */
export const dueKey = (tenant: TenantId) => `${PREFIX}:${tenant}:due`;

/**
 * Of one webhook: sorted sets of the ids of its open and its ended deliveries, in the order of the ids, and the hash of
 * both by id, as JSON.
 */
export function deliveryKeys(tenant: TenantId, webhook: string) {
  const prefix = `${PREFIX}:${tenant}:${webhook}`;
  return { open: `${prefix}:open`, ended: `${prefix}:ended`, data: `${prefix}:data` };
}

/** The KEYS of every script of the outbox. */
export function scriptKeys(tenant: TenantId, webhook: string): readonly string[] {
  const { open, ended, data } = deliveryKeys(tenant, webhook);
  return [TENANTS, webhooksKey(tenant), dueKey(tenant), open, ended, data];
}
