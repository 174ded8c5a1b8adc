import {
  addUsage,
  checkQuota,
  NOTHING_USED,
  type Quota,
  subtractUsage,
  type Usage,
} from '../../../domain/usage.ts';
import type { Tables } from '../tables.ts';

/** The usage of tenants. All but `used` must run inside a write transaction. */
export interface TenantUsage {
  used(tenant: string): Usage;
  /**
   * Contents belong to the tenant, not to one task.
   * @throws InnerloopError when the quota is exceeded. Call it before the first write of a transaction.
   */
  charge(tenant: string, task: string, added: Usage, contentBytes?: number): void;
  refund(tenant: string, task: string, removed: Usage): void;
  /** Changes the bytes of contents and features. */
  addContentBytes(tenant: string, bytes: number): void;
}

export function createTenantUsage({ usage }: Pick<Tables, 'usage'>, quota: Quota): TenantUsage {
  const used = (tenant: string): Usage => usage.get([tenant]) ?? NOTHING_USED;
  return {
    used,
    charge(tenant, task, added, contentBytes = 0) {
      const all = { ...added, bytes: added.bytes + contentBytes };
      checkQuota(used(tenant), all, quota);
      usage.put([tenant], addUsage(used(tenant), all));
      usage.put([tenant, task], addUsage(usage.get([tenant, task]) ?? NOTHING_USED, added));
    },
    refund(tenant, task, removed) {
      usage.put([tenant], subtractUsage(used(tenant), removed));
      usage.put([tenant, task], subtractUsage(usage.get([tenant, task]) ?? NOTHING_USED, removed));
    },
    addContentBytes(tenant, bytes) {
      usage.put([tenant], addUsage(used(tenant), { ...NOTHING_USED, bytes }));
    },
  };
}
