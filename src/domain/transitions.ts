import { InnerloopError } from '../errors.ts';
import type { Adaptation, AdaptationDraft } from './adaptation.ts';
import { AUTO, type Task, type TaskDraft } from './task.ts';

/** State changes of tasks and adaptation records. Pure functions, so that every store makes the same decisions. */

/**
 * The task after `draft` is applied. With `moves`, the task takes the model of the draft.
 * @throws InnerloopError `model_conflict`
 */
export function mergeTask(
  present: Task | null,
  { metadata, packageUpdates, ...draft }: TaskDraft,
  moves = false,
): Task {
  if (!present) {
    const start = { current: null, submitted: 0 };
    return { ...draft, metadata: metadata ?? {}, ...start, packageUpdates: packageUpdates ?? 'pin' };
  }
  const { model } = draft;
  // Examples choose a package for a task with `auto`, and the task then keeps it.
  const isOpen = moves || present.model === AUTO;
  if (!isOpen && model !== AUTO && present.model !== model) throw modelConflict(present, model);
  return {
    ...present,
    ...(isOpen && { model }),
    ...(metadata && { metadata }),
    ...(packageUpdates && { packageUpdates }),
  };
}

export interface Acceptance {
  readonly task: Task;
  readonly adaptation: Adaptation;
  /** Whether the adaptation must run; false when it is already queued, running or succeeded. */
  readonly accepted: boolean;
}

/** See `TaskStore.accept`. `former` is the stored record of the same id; `task` is the result of `mergeTask`. */
export function acceptInto(task: Task, former: Adaptation | null, draft: AdaptationDraft): Acceptance {
  const accepted = !former || former.status === 'failed' || former.status === 'cancelled';
  const isLatest = !accepted && former.sequence === task.submitted;
  const sequence = isLatest ? former.sequence : task.submitted + 1;
  const adaptation: Adaptation = accepted ? { ...draft, sequence } : { ...former, sequence };
  const current = adaptation.status === 'succeeded' ? adaptation.id : task.current;
  return {
    task: {
      ...task,
      submitted: Math.max(sequence, task.submitted),
      current,
      packageDigest: adaptation.packageDigest,
    },
    adaptation,
    accepted,
  };
}

/** The task after the adaptation `succeeded`. `current` is its current record, which stays current if it is the later one. */
export function succeedCurrent(task: Task, current: Adaptation | null, succeeded: Adaptation): Task {
  if (current && current.sequence > succeeded.sequence) return task;
  return { ...task, current: succeeded.id };
}

/** Maximum number of started runs. Without it, an adaptation that crashes its process would be repeated for ever. */
const MAX_ATTEMPTS = 3;

/** Number of started runs. Records of old versions have no count. */
export function attemptsOf({ attempts }: Adaptation): number {
  return attempts ?? 0;
}

/**
 * The record when a run starts at `startedAt`: running, or failed after too many attempts. Applying it twice with the
 * same `startedAt` changes nothing the second time.
 */
export function startRun(record: Adaptation, startedAt: string, executionProvider: string): Adaptation {
  if (record.status === 'running' && record.startedAt === startedAt) return record;
  const attempts = attemptsOf(record) + 1;
  if (attempts <= MAX_ATTEMPTS)
    return { ...record, status: 'running', startedAt, attempts, executionProvider, losses: [] };
  const message = `Given up after ${MAX_ATTEMPTS} attempts: each time its worker process ended or lost the store`;
  return {
    ...record,
    status: 'failed',
    startedAt,
    endedAt: startedAt,
    error: { code: 'adaptation_failed', message },
  };
}

/** The record after the process of its run shuts down: it is queued again, and the attempt is not counted. */
export function undoStart(record: Adaptation): Adaptation {
  const attempts = attemptsOf(record) - 1;
  return { ...record, status: 'queued', startedAt: null, executionProvider: null, losses: [], attempts };
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
