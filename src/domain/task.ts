/** Owner of the data. Every key of every store starts with it. */
export type TenantId = string;

/** One problem of a tenant. It uses one package. */
export interface Task {
  readonly tenant: TenantId;
  readonly id: string;
  /** Name of the package, or `auto` before the first examples. The version used is in the record of each adaptation. */
  readonly model: string;
  /** At most 16 pairs; keys of at most 64 and values of at most 512 characters. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: string;
  /** Id of the adaptation that answers predictions. Null until one has succeeded. */
  readonly current: string | null;
  /** Number of adaptations accepted so far. It orders them when they end out of order. */
  readonly submitted: number;
  /** What happens when another version of the package is installed; see `PackageUpdates`. */
  readonly packageUpdates: PackageUpdates;
  /** Digest of the package of the latest accepted adaptation. Absent before the first, and in tasks of old versions. */
  readonly packageDigest?: string;
}

/**
 * `pin`: the task stays with the version that it uses. `follow`: the version that it uses answers while the stored examples
 * are adapted to the installed version, in the background.
 */
export type PackageUpdates = (typeof PACKAGE_UPDATES)[number];
export const PACKAGE_UPDATES = ['pin', 'follow'] as const;

/** Tasks of versions before 0.3 have no `packageUpdates`. */
export type StoredTask = Omit<Task, 'packageUpdates'> & Partial<Pick<Task, 'packageUpdates'>>;

export function readTask(stored: StoredTask): Task {
  return { ...stored, packageUpdates: stored.packageUpdates ?? 'pin' };
}

/** In place of the name of a package: the package is chosen by the kind of the first examples, and then kept. */
export const AUTO = 'auto';

/** Creates or updates a task. For an existing task, `metadata` replaces the stored metadata; absent, it keeps them. */
export type TaskDraft = Pick<Task, 'tenant' | 'id' | 'model' | 'createdAt'> &
  Partial<Pick<Task, 'metadata' | 'packageUpdates'>>;

export const TASK_ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$';

export const TENANT_ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';
