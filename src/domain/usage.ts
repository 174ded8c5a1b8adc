import { InnerloopError } from '../errors.ts';
import type { Adaptation } from './adaptation.ts';
import type { Task } from './task.ts';
import type { Acceptance } from './transitions.ts';

/** The stored data and unfinished adaptations of one tenant or one task, or the change that an operation makes to them. */
export interface Usage {
  readonly tasks: number;
  /** Examples of all support sets, including those that a later support set has replaced. */
  readonly examples: number;
  /**
   * Bytes of all support sets, features, kept predictions and inputs of drift windows as stored, and of the requested fields of
   * tasks, records and idempotency keys as JSON.
   */
  readonly bytes: number;
  /** Adaptations that have not ended. */
  readonly queued: number;
}

/** Upper limits of the usage of each tenant. */
export type Quota = Usage;

export const NOTHING_USED: Usage = Object.freeze({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
export const USAGE_FIELDS = Object.freeze(Object.keys(NOTHING_USED) as (keyof Usage)[]);

/** Never below 0: data from before usage was counted is subtracted but was never added. */
export function addUsage(usage: Usage, delta: Usage): Usage {
  return usageOf((field) => Math.max(0, usage[field] + delta[field]));
}

/** Never below 0, as `addUsage`. */
export function subtractUsage(usage: Usage, delta: Usage): Usage {
  return usageOf((field) => Math.max(0, usage[field] - delta[field]));
}

/** Builds a usage field by field. */
export function usageOf(of: (field: keyof Usage) => number): Usage {
  return { tasks: of('tasks'), examples: of('examples'), bytes: of('bytes'), queued: of('queued') };
}

/** @throws InnerloopError `too_many_queued` or `quota_exceeded` when `usage` plus `delta` exceeds `quota`. */
export function checkQuota(usage: Usage, delta: Usage, quota: Quota): void {
  for (const field of USAGE_FIELDS) {
    if (delta[field] > 0 && usage[field] + delta[field] > quota[field]) {
      throw quotaError(field, usage[field], delta[field], quota[field]);
    }
  }
}

/** The usage delta of replacing `before` with `after`. */
export function taskUsageDelta(before: Task | null, after: Task): Usage {
  const bytes = taskBytes(after) - (before ? taskBytes(before) : 0);
  return { ...NOTHING_USED, tasks: before ? 0 : 1, bytes };
}

/** The stored data before an adaptation is accepted. */
export interface Before {
  readonly task: Task | null;
  readonly record: Adaptation | null;
  readonly hasSupport: boolean;
}

/** The usage delta of an acceptance. Its support set takes `supportBytes` in the store. */
export function acceptanceUsageDelta(
  before: Before,
  { task, adaptation, accepted }: Acceptance,
  supportBytes: number,
): Usage {
  const { tasks, bytes } = taskUsageDelta(before.task, task);
  const record = recordBytes(adaptation) - (before.record ? recordBytes(before.record) : 0);
  const isNew = accepted && !before.hasSupport;
  return {
    tasks,
    examples: isNew ? adaptation.support.examples : 0,
    bytes: bytes + record + (isNew ? supportBytes : 0),
    queued: accepted ? 1 : 0,
  };
}

/** Counts only the fields that the tenant sent. The other fields are small and change with each adaptation. */
export function taskBytes({ tenant, id, model, metadata, createdAt }: Task): number {
  return jsonBytes({ tenant, id, model, metadata, createdAt });
}

/** Counts only the fields of the request, so that a run can write its result when the quota is used up. */
export function recordBytes(adaptation: Adaptation): number {
  const { id, tenant, task, model, packageDigest, settings, support, origin, createdAt } = adaptation;
  return jsonBytes({ id, tenant, task, model, packageDigest, settings, support, origin, createdAt });
}

export function jsonBytes(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}

const units: Readonly<Record<keyof Usage, string>> = {
  tasks: 'tasks',
  examples: 'stored examples',
  bytes:
    'bytes of support sets, features, records, metadata, kept predictions, inputs for drift and idempotency keys',
  queued: 'adaptations queued or running',
};

function quotaError(field: keyof Usage, used: number, more: number, limit: number): InnerloopError {
  const expected = `at most ${limit} ${units[field]}`;
  const got = `${used} and ${more} more`;
  const message = `Expected ${expected}, got ${got}`;
  return field === 'queued'
    ? new InnerloopError('too_many_queued', `${message}: try again later`, {
        expected,
        got,
        retryAfterSeconds: 1,
      })
    : new InnerloopError('quota_exceeded', `${message}: delete data you no longer need`, { expected, got });
}
