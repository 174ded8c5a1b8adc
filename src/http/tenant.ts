import type { TenantId } from '../tasks/task.ts';

/** Whose request it is. Without keys there is one tenant, and the server listens on loopback only. */
export function tenantOf(): TenantId {
  return 'default';
}
