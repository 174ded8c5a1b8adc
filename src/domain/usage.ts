import { InnerloopError } from '../errors.ts';

/** What a tenant, or one task, has stored, and has waiting or running. */
export interface Usage {
  readonly tasks: number;
  /** Of all support sets, with those that a later one has replaced. */
  readonly examples: number;
  /** Of all support sets as stored, and of tasks and records as JSON, as they were asked for. */
  readonly bytes: number;
  /** Adaptations that have not ended. */
  readonly queued: number;
}

/** The most that each tenant may have; a store is created with one. */
export type Quota = Usage;

export const NOTHING_USED: Usage = Object.freeze({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
export const USAGE_FIELDS = Object.freeze(Object.keys(NOTHING_USED) as (keyof Usage)[]);

/** Never below nothing: what is from before there was a count may shrink and go. */
export function addUsage(usage: Usage, more: Usage): Usage {
  return usageOf((field) => Math.max(0, usage[field] + more[field]));
}

export function subtractUsage(usage: Usage, less: Usage): Usage {
  return usageOf((field) => Math.max(0, usage[field] - less[field]));
}

/** A usage from its fields, one by one. */
export function usageOf(of: (field: keyof Usage) => number): Usage {
  return { tasks: of('tasks'), examples: of('examples'), bytes: of('bytes'), queued: of('queued') };
}

/** @throws InnerloopError `too_many_queued` or `quota_exceeded` when `more` would lead beyond `quota`. */
export function checkQuota(usage: Usage, more: Usage, quota: Quota): void {
  for (const field of USAGE_FIELDS) {
    if (more[field] > 0 && usage[field] + more[field] > quota[field]) {
      throw beyondQuota(field, usage[field], more[field], quota[field]);
    }
  }
}

const things: Readonly<Record<keyof Usage, string>> = {
  tasks: 'tasks',
  examples: 'stored examples',
  bytes: 'bytes of support sets, records and metadata',
  queued: 'adaptations waiting or running',
};

function beyondQuota(field: keyof Usage, used: number, more: number, most: number): InnerloopError {
  const expected = `at most ${most} ${things[field]}`;
  const got = `${used} there and ${more} more`;
  return field === 'queued'
    ? new InnerloopError('too_many_queued', `Expected ${expected}, got ${got}: try again soon`, {
        expected,
        got,
        retryAfterSeconds: 1,
      })
    : new InnerloopError('quota_exceeded', `Expected ${expected}, got ${got}: delete what is not needed`, {
        expected,
        got,
      });
}
