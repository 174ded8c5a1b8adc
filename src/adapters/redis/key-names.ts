import type { TenantId } from '../../domain/task.ts';

/**
 * Keys of the store. The part in braces decides the slot in a Redis Cluster. All data of a tenant is in one slot, so that
 * it can change atomically. Names of tenants and tasks contain neither colons nor braces.
 */
export interface TenantKeys {
  /** Sorted set of task ids, all of score 0. */
  readonly tasks: string;
  /** Sorted set of `task/adaptation` of the adaptations that have not ended, by time of acceptance. */
  readonly unfinished: string;
  /** Hash of `Usage`. */
  readonly usage: string;
  /** Sorted set of `task/key` of the idempotency keys, by time of creation. */
  readonly requestKeys: string;
}

export interface TaskKeys extends TenantKeys {
  /**
   * Hash of all data of a task. Its fields are `etag`, which every change replaces; `task`; `current`, the id of the current
   * adaptation; `examples`, `bytes` and `queued`, the task's part of the tenant's usage; `a:<id>`, the adaptation records;
   * `e:<digest>`, the support sets; `s:<digest>`, support sets of versions before 0.3; `c:<digest>`, the contents that the
   * task uses; `i:<key>`, the idempotency keys.
   */
  readonly task: string;
  /** Sorted set of adaptation ids by sequence. */
  readonly order: string;
}

/** Set of all tenants that have or had a task. */
export const TENANTS = 'innerloop:tenants';

export function tenantKeys(tenant: TenantId): TenantKeys {
  const prefix = `innerloop:{${tenant}}`;
  return {
    tasks: `${prefix}:tasks`,
    unfinished: `${prefix}:unfinished`,
    usage: `${prefix}:usage`,
    requestKeys: `${prefix}:request-keys`,
  };
}

export function taskKeys(tenant: TenantId, task: string): TaskKeys {
  const prefix = `innerloop:{${tenant}}:task:${task}`;
  return { ...tenantKeys(tenant), task: prefix, order: `${prefix}:order` };
}

/**
 * Hash of one content of a tenant. Its fields are `kind`; `data`; `uses`, the number of tasks that use it; `bytes`, those of
 * the content and its features; `f:<encoder digest>`, its features.
 */
export function contentKey(tenant: TenantId, digest: string): string {
  return `innerloop:{${tenant}}:content:${digest}`;
}
