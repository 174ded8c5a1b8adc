import { InnerloopError } from '../errors.ts';
import type { Adaptation } from './adaptation.ts';
import type { Task, TaskDraft } from './task.ts';

/** State changes of tasks and adaptation records. Pure functions, so that every store makes the same decisions. */

/** The task after `draft` is applied. @throws InnerloopError `model_conflict` */
export function mergeTask(present: Task | null, { metadata, ...draft }: TaskDraft): Task {
  if (!present) return { ...draft, metadata: metadata ?? {}, current: null, submitted: 0 };
  if (present.model !== draft.model) throw modelConflict(present, draft.model);
  return metadata ? { ...present, metadata } : present;
}

export interface Acceptance {
  readonly task: Task;
  readonly adaptation: Adaptation;
  /** Whether the adaptation must run; false when it is already queued, running or succeeded. */
  readonly accepted: boolean;
}

/** See `TaskStore.accept`. `former` is the stored record of the same id; `task` is the result of `mergeTask`. */
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

/** The task after `succeeded` has succeeded. `current` is the record it uses until now; a later request stays current. */
export function succeedCurrent(task: Task, current: Adaptation | null, succeeded: Adaptation): Task {
  if (current && current.sequence > succeeded.sequence) return task;
  return { ...task, current: succeeded.id };
}

function modelConflict(task: Task, got: string): InnerloopError {
  return new InnerloopError(
    'model_conflict',
    `Task ${task.id} uses model ${task.model}; this cannot change`,
    {
      pointer: '/model',
      expected: task.model,
      got,
    },
  );
}
