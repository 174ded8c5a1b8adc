import type { TenantId } from '../../domain/task.ts';

/**
 * A store with data of tenants. Each port of such a store extends this, and `service/tenants/tenant-stores.ts` lists it. If the
 * data of a store belong to a task, the store writes them only while the task exists. So a request in progress leaves no data
 * behind when the task is deleted.
 */
export interface TenantData {
  /**
   * Erases everything of the tenant, and nothing of another one. It may be called again, also after a process died during the
   * call. When the promise resolves, all data that were there at the time of the call are deleted.
   */
  deleteTenant(tenant: TenantId): Promise<void>;
}
