import { InnerloopError } from '../errors.ts';
import type { Adaptation, AdaptationDraft } from './adaptation.ts';
import { isGivenUp } from './examples/latest.ts';
import { AUTO, type Task, type TaskDraft } from './task.ts';
import { DEFAULT_SETTINGS, settingsIn } from './task-settings.ts';
import type { Report } from './trust/report/report.ts';

/** State changes of tasks and adaptation records. Pure functions, so that every store makes the same decisions. */

/**
 * The task after `draft` is applied. With `moves`, the task takes the model of the draft.
 * @throws InnerloopError `model_conflict`
 */
export function mergeTask(present: Task | null, { metadata, ...draft }: TaskDraft, moves = false): Task {
  if (!present) {
    const start = { current: null, submitted: 0 };
    return { ...draft, metadata: metadata ?? {}, ...start, ...DEFAULT_SETTINGS, ...settingsIn(draft) };
  }
  const { model } = draft;
  // Examples choose a package for a task with `auto`, and the task then keeps it.
  const isOpen = moves || present.model === AUTO;
  if (!isOpen && model !== AUTO && present.model !== model) throw modelConflict(present, model, '/model');
  return {
    ...present,
    ...(isOpen && { model }),
    ...(metadata && { metadata }),
    ...settingsIn(draft),
  };
}

export interface Acceptance {
  readonly task: Task;
  readonly adaptation: Adaptation;
  /** Whether the adaptation must run; false when it is already queued, running or succeeded. */
  readonly accepted: boolean;
}

/** See `TaskStore.accept`. `former` is the stored record of the same id; `task` is the result of `mergeTask`. */
export function acceptInto(
  { feedbackDue: _, ...task }: Task,
  former: Adaptation | null,
  draft: AdaptationDraft,
): Acceptance {
  const accepted = !former || isGivenUp(former) || former.status === 'erased';
  const isLatest = !accepted && former.sequence === task.submitted;
  const sequence = isLatest ? former.sequence : task.submitted + 1;
  const adaptation: Adaptation = accepted ? { ...draft, sequence } : { ...joined(former, draft), sequence };
  const current = adaptation.status === 'succeeded' && !isHeld(adaptation) ? adaptation.id : task.current;
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

/** The stored record after an equal request. It keeps the gate only if both requests have it. */
function joined({ gated, ...former }: Adaptation, draft: AdaptationDraft): Adaptation {
  return gated && draft.gated ? { ...former, gated } : former;
}

/** Whether the gate keeps it from becoming the current one. */
export function isHeld({ gated, gate }: Pick<Adaptation, 'gated' | 'gate'>): boolean {
  return gated === true && gate?.decision === 'held';
}

/**
 * The task after the adaptation `succeeded`. `current` is its current record, which stays current if it is the later one, or
 * was activated later.
 */
export function succeedCurrent(task: Task, current: Adaptation | null, succeeded: Adaptation): Task {
  const isLate = (current?.sequence ?? 0) > succeeded.sequence || (task.activated ?? 0) > succeeded.sequence;
  if (isLate || isHeld(succeeded)) return task;
  return { ...task, current: succeeded.id };
}

/** The task after one of its succeeded adaptations was activated: this is the latest decision about its current adaptation. */
export function activateIn(task: Task, { id }: Adaptation): Task {
  const isDecided = task.current === id && task.activated === task.submitted;
  if (isDecided) return task;
  const sequence = task.submitted + 1;
  return { ...task, submitted: sequence, activated: sequence, current: id };
}

/** The record with its report; null if it gets none. */
export function addReport(record: Adaptation | null, report: Report): Adaptation | null {
  return record?.status === 'succeeded' && record.report === null ? { ...record, report } : null;
}

export function modelConflict({ id, model }: Task, requested: string, pointer?: string): InnerloopError {
  const got = requested.slice(0, 128);
  const message = `Task ${id} uses model ${model}, got ${got}: only POST /tasks/${id}/readapt changes the model of a task`;
  const details = { ...(pointer !== undefined && { pointer }), expected: model, got };
  return new InnerloopError('model_conflict', message, details);
}
