import { DEFAULT_SETTINGS, type TaskSettings } from './task-settings.ts';

/** Owner of the data. Every key of every store starts with it. */
export type TenantId = string;

/** One problem of a tenant. It uses one package. */
export interface Task extends TaskSettings {
  readonly tenant: TenantId;
  readonly id: string;
  /** Name of the package, or `auto` before the first examples. The version used is in the record of each adaptation. */
  readonly model: string;
  /** At most 16 pairs; keys of at most 64 and values of at most 512 characters. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: string;
  /** Id of the adaptation that answers predictions. Null until one has succeeded. */
  readonly current: string | null;
  /**
   * Number of decisions so far: accepted adaptations, edits of the examples, activations. It orders them, so that an
   * adaptation that ends late does not undo a later decision.
   */
  readonly submitted: number;
  /** The last edit of the examples: the digest of the list that it left, and its place among the decisions. */
  readonly edited?: { readonly digest: string; readonly sequence: number };
  /**
   * How much feedback is not learnt yet, and when an adaptation to it is due. Absent once one was accepted.
   */
  readonly feedbackDue?: { readonly count: number; readonly at: string };
  /** The place of the last activation among the decisions. */
  readonly activated?: number;
  /** Digest of the package of the latest accepted adaptation. Absent before the first, and in tasks of old versions. */
  readonly packageDigest?: string;
}

/** Tasks of old versions lack settings that came later. */
export type StoredTask = Omit<Task, keyof TaskSettings> & Partial<TaskSettings>;

export function readTask(stored: StoredTask): Task {
  return { ...DEFAULT_SETTINGS, ...stored };
}

/** In place of the name of a package: the package is chosen by the kind of the first examples, and then kept. */
export const AUTO = 'auto';

/**
 * Creates or updates a task. In an existing task, `metadata` and settings replace the stored ones; absent ones stay.
 */
export type TaskDraft = Pick<Task, 'tenant' | 'id' | 'model' | 'createdAt'> &
  Partial<Pick<Task, 'metadata'> & TaskSettings>;

/** In words. */
export const TASK_ID =
  'a task name of 1 to 128 letters (A-Z, a-z), digits, dots, dashes and underscores that begins with a letter or digit';
export const TASK_ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$';

export const TENANT_ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';
