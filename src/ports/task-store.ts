import type { Adaptation } from '../tasks/adaptation.ts';
import type { SupportSet } from '../tasks/support-set.ts';
import type { Task, TenantId } from '../tasks/task.ts';

export interface Page<Item> {
  readonly data: readonly Item[];
  /** Pass back as `after` for the next page; null on the last. */
  readonly nextCursor: string | null;
}
export interface PageRequest {
  readonly limit: number;
  readonly after?: string | undefined;
}

/**
 * Tasks, support sets and adaptation records: the truth. When a promise resolves, the write survives the death
 * of the process. Each method is atomic. Implementations must pass `test/support/task-store-contract.ts`.
 */
export interface TaskStore extends AsyncDisposable {
  task(tenant: TenantId, id: string): Promise<Task | null>;
  /** By id, ascending. */
  tasks(tenant: TenantId, page: PageRequest): Promise<Page<Task>>;
  /** Create, or replace `metadata` of the one there. `model` never changes: a differing one leaves all as it was. */
  putTask(task: Pick<Task, 'tenant' | 'id' | 'model' | 'metadata' | 'createdAt'>): Promise<{ task: Task; created: boolean }>;
  /** The task, its adaptations and support sets. False when there was none. */
  deleteTask(tenant: TenantId, id: string): Promise<boolean>;

  /**
   * Accept an adaptation: its record (`sequence` is given here), its support set and, where new, its task.
   * When a record of that id exists and is queued, running or succeeded, it is returned untouched (`accepted`
   * false); a failed or cancelled one is queued afresh under a new sequence. A succeeded one that is no longer
   * current becomes current again.
   */
  accept(
    adaptation: Omit<Adaptation, 'sequence'>,
    support: SupportSet,
    task: Pick<Task, 'tenant' | 'id' | 'model' | 'metadata' | 'createdAt'>,
  ): Promise<{ adaptation: Adaptation; accepted: boolean }>;
  adaptation(tenant: TenantId, task: string, id: string): Promise<Adaptation | null>;
  /** Newest first. */
  adaptations(tenant: TenantId, task: string, page: PageRequest): Promise<Page<Adaptation>>;
  supportSet(tenant: TenantId, task: string, digest: string): Promise<SupportSet | null>;
  /**
   * Apply `change` to the record unless it has ended or is gone; `change` may answer null for "leave it".
   * A record that thereby succeeds becomes its task's current one unless a later one already is.
   * Answers the record as it now stands, or null when it is gone.
   */
  update(
    tenant: TenantId,
    task: string,
    id: string,
    change: (adaptation: Adaptation) => Adaptation | null,
  ): Promise<Adaptation | null>;
  /** Records that have not ended, oldest first: what a restarted process must take up again. */
  unfinished(): Promise<readonly Adaptation[]>;
}
