import type { Task } from '../task.ts';

/**
 * When a task adapts to feedback. `now`: at once, or after the adaptation that waits or runs. `batch`: together with others, see
 * below. `never`: when somebody asks for it, or with the next feedback that does not say `never`.
 */
export type Readapt = (typeof READAPTS)[number];
export const READAPTS = ['now', 'batch', 'never'] as const;

/** A task learns a batch of feedback when it has this many items, or this long after the first one. */
export const BATCH = { feedbacks: 10, ms: 60_000 } as const;

/** The task after one more feedback at the time `at`. */
export function withFeedbackDue(task: Task, readapt: Readapt, at: string): Task {
  if (readapt === 'never') return task;
  const { count = 0, at: former } = task.feedbackDue ?? {};
  const isFull = count + 1 >= BATCH.feedbacks;
  const due = readapt === 'now' || isFull ? at : new Date(Date.parse(at) + BATCH.ms).toISOString();
  const soonest = former !== undefined && former < due ? former : due;
  return { ...task, feedbackDue: { count: count + 1, at: soonest } };
}
