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
  /** Sorted set of tasks that wait to learn from feedback, by the time when that is due. */
  readonly feedbackDue: string;
  /** Sorted set of tasks whose kept inputs need a check. All have the score 0. */
  readonly driftDue: string;
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
  /** Hash of the inputs that are kept of the task: `epoch`, `count`, `bytes`, `alarm`, and `i:<slot>`. */
  readonly asked: string;
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
    feedbackDue: `${prefix}:feedback-due`,
    driftDue: `${prefix}:drift-due`,
  };
}

export function taskKeys(tenant: TenantId, task: string): TaskKeys {
  const prefix = `innerloop:{${tenant}}:task:${task}`;
  return { ...tenantKeys(tenant), task: prefix, order: `${prefix}:order`, asked: `${prefix}:asked` };
}

export interface PredictionKeys {
  /**
   * Hash of the predictions that a task keeps. Its fields are `count`; `bytes`, their part of the tenant's usage; `outcomes`;
   * and of each prediction `r:<id>`, the record; `c:<id>`, the content; `f:<id>`, the features; `b:<id>`, its bytes; `m:<id>`,
   * if it has feedback.
   */
  readonly rows: string;
  /** Sorted set of their ids by time. */
  readonly order: string;
  /** Of the tenant: sorted set of `task/prediction` by time of expiry. */
  readonly expiry: string;
  /** Hash of `Usage` of the tenant. */
  readonly usage: string;
}

export function predictionKeys(tenant: TenantId, task: string): PredictionKeys {
  const prefix = `innerloop:{${tenant}}`;
  const rows = `${prefix}:task:${task}:predictions`;
  return { rows, order: `${rows}:order`, expiry: `${prefix}:kept-until`, usage: `${prefix}:usage` };
}

/**
 * Hash of one content of a tenant. Its fields are `kind`; `data`; `uses`, the number of tasks that use it; `bytes`, those of
 * the content and its features; `f:<encoder digest>`, its features.
 */
export function contentKey(tenant: TenantId, digest: string): string {
  return `innerloop:{${tenant}}:content:${digest}`;
}
