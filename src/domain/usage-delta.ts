import type { Adaptation } from './adaptation.ts';
import type { Task } from './task.ts';
import type { Acceptance } from './transitions.ts';
import { NOTHING_USED, type Usage } from './usage.ts';

/** What a change adds to the usage, or takes from it: pure functions of what is there, so that every store counts alike. */

/** Of `after` in place of `before`. */
export function growthOfTask(before: Task | null, after: Task): Usage {
  const bytes = taskBytes(after) - (before ? taskBytes(before) : 0);
  return { ...NOTHING_USED, tasks: before ? 0 : 1, bytes };
}

export interface Before {
  readonly task: Task | null;
  readonly record: Adaptation | null;
  readonly hasSupport: boolean;
}

/** Of an acceptance whose support set is stored in `supportBytes`. */
export function growthOfAcceptance(
  before: Before,
  { task, adaptation, accepted }: Acceptance,
  supportBytes: number,
): Usage {
  const { tasks, bytes } = growthOfTask(before.task, task);
  const record = recordBytes(adaptation) - (before.record ? recordBytes(before.record) : 0);
  const isNew = accepted && !before.hasSupport;
  return {
    tasks,
    examples: isNew ? adaptation.support.examples : 0,
    bytes: bytes + record + (isNew ? supportBytes : 0),
    queued: accepted ? 1 : 0,
  };
}

/** Of what its requests brought. What else is in it changes as adaptations come and end, and has few bytes. */
export function taskBytes({ tenant, id, model, metadata, createdAt }: Task): number {
  return jsonBytes({ tenant, id, model, metadata, createdAt });
}

/** Of what its request brought: what its run tells has few bytes, and must not fail for want of them. */
export function recordBytes(adaptation: Adaptation): number {
  const { id, tenant, task, model, packageDigest, settings, support, origin, createdAt } = adaptation;
  return jsonBytes({ id, tenant, task, model, packageDigest, settings, support, origin, createdAt });
}

function jsonBytes(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}
