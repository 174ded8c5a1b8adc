/** Whose data it is. Every key of every store starts with it. */
export type TenantId = string;

/** A tenant's problem, posed on one package. */
export interface Task {
  readonly tenant: TenantId;
  readonly id: string;
  /** Name of the package; the version that served an adaptation is in its record. */
  readonly model: string;
  /** ≤ 16 pairs, key ≤ 64, value ≤ 512 characters. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: string;
  /** The adaptation that answers predictions; null until one has succeeded. */
  readonly current: string | null;
  /** Adaptations accepted so far; orders them when they end out of order. */
  readonly submitted: number;
}

/** What creates a task. For one that is there, `metadata` replaces its own and, absent, leaves it as it is. */
export type TaskDraft = Pick<Task, 'tenant' | 'id' | 'model' | 'createdAt'> & Partial<Pick<Task, 'metadata'>>;

export const TASK_ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$';

export const TENANT_ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';
