import type { Adaptation } from '../adaptation.ts';
import type { Task } from '../task.ts';

/** Whether an adaptation was given up. The examples of a task are those of its latest adaptation that was not. */
export function isGivenUp({ status }: Pick<Adaptation, 'status'>): boolean {
  return status === 'failed' || status === 'cancelled';
}

/**
 * The digest of the examples of a task. `latest` is its latest adaptation that was not given up: its examples count, unless
 * they were edited after it was accepted. Null when the task has none.
 */
export function latestDigest({ edited }: Task, latest: Adaptation | null): string | null {
  if (edited && edited.sequence > (latest?.sequence ?? 0)) return edited.digest;
  return latest?.support.digest ?? null;
}

/** Whether the examples were edited after the adaptation that answers for the task was accepted. */
export function isStale({ edited }: Task, current: Pick<Adaptation, 'sequence'> | null): boolean {
  return edited !== undefined && edited.sequence > (current?.sequence ?? 0);
}
