import { InnerloopError } from '../errors.ts';
import type { Adaptation } from './adaptation.ts';
import type { Task, TaskDraft } from './task.ts';

/** What becomes of tasks and records: pure functions of what is there, so that every store decides alike. */

/** The task after `draft`. @throws InnerloopError `model_conflict` */
export function mergeTask(present: Task | null, { metadata, ...draft }: TaskDraft): Task {
  if (!present) return { ...draft, metadata: metadata ?? {}, current: null, submitted: 0 };
  if (present.model !== draft.model) throw modelConflict(present, draft.model);
  return metadata ? { ...present, metadata } : present;
}

export interface Acceptance {
  readonly task: Task;
  readonly adaptation: Adaptation;
  /** Whether it adds work. */
  readonly accepted: boolean;
}

/** See `TaskStore.accept`. `former` is the record of the same id, `task` what `mergeTask` has answered. */
export function acceptInto(
  task: Task,
  former: Adaptation | null,
  draft: Omit<Adaptation, 'sequence'>,
): Acceptance {
  const accepted = !former || former.status === 'failed' || former.status === 'cancelled';
  const isLatest = !accepted && former.sequence === task.submitted;
  const sequence = isLatest ? former.sequence : task.submitted + 1;
  const adaptation: Adaptation = accepted ? { ...draft, sequence } : { ...former, sequence };
  const current = adaptation.status === 'succeeded' ? adaptation.id : task.current;
  return {
    task: { ...task, submitted: Math.max(sequence, task.submitted), current },
    adaptation,
    accepted,
  };
}

/** The task once `succeeded` has; `current` is the record that answers by now. A later request keeps its place. */
export function succeedCurrent(task: Task, current: Adaptation | null, succeeded: Adaptation): Task {
  if (current && current.sequence > succeeded.sequence) return task;
  return { ...task, current: succeeded.id };
}

function modelConflict(task: Task, got: string): InnerloopError {
  return new InnerloopError('model_conflict', `Task ${task.id} is posed on ${task.model}`, {
    pointer: '/model',
    expected: task.model,
    got,
  });
}
