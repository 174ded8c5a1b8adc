import type { Adaptation } from '../domain/adaptation.ts';
import type { IdempotencyKey } from '../domain/idempotency.ts';
import type { SupportSet } from '../domain/support-set.ts';
import type { Task, TaskDraft, TenantId } from '../domain/task.ts';
import type { Usage } from '../domain/usage.ts';
import type { AdaptationRef } from './adaptation-queue.ts';

export interface Page<Item> {
  readonly data: readonly Item[];
  /** Pass back as `after` for the next page; null on the last. */
  readonly nextCursor: string | null;
}
export interface PageRequest {
  readonly limit: number;
  /** A `nextCursor`. @throws InnerloopError `invalid_request` from the store when it cannot be one. */
  readonly after?: string | undefined;
}

/** Ids of what went with a task, for whoever keeps something of it. */
export interface DeletedTask {
  readonly adaptations: readonly string[];
  /** Those of them that had not ended. */
  readonly unfinished: readonly string[];
}

/**
 * Tasks, support sets and adaptation records: the truth. When a promise resolves, the write survives the death
 * of the process. Each method is atomic. Implementations must pass `test/support/contracts/task-store.ts`.
 */
export interface TaskStore extends AsyncDisposable {
  task(tenant: TenantId, id: string): Promise<Task | null>;
  /** By id, ascending. */
  tasks(tenant: TenantId, page: PageRequest): Promise<Page<Task>>;
  /** The task and the adaptation that answers its predictions, as they stood together at one moment. */
  current(tenant: TenantId, id: string): Promise<{ task: Task; adaptation: Adaptation | null } | null>;
  /** `model` never changes: a differing one leaves all as it was. @throws InnerloopError `quota_exceeded` */
  putTask(task: TaskDraft): Promise<{ task: Task; created: boolean }>;
  /** The task, its adaptations and support sets. Null when there was none. */
  deleteTask(tenant: TenantId, id: string): Promise<DeletedTask | null>;

  /**
   * Accept an adaptation: its record (`sequence` is given here), its support set and, as by `putTask`, its task.
   * A record of that id which is queued, running or succeeded is not run again (`accepted` false), and a failed or
   * cancelled one is replaced by this one; either way it is the task's latest from now on, under a new sequence
   * unless it was the latest, and the current one at once if it has succeeded. So the last request decides.
   *
   * With `expectSubmitted`, answers null and writes nothing when the task's `submitted` (0 for none) is another:
   * then the record this one was built upon may no longer be the latest.
   *
   * With `idempotency`, its key is kept for 24 hours, in the same transaction. A request whose key is kept already is
   * answered with the adaptation of the first one (`accepted` false), whatever `expectSubmitted` and the quota say, and
   * writes nothing.
   * @throws InnerloopError `model_conflict` when the task is there with another model; `too_many_queued` and
   * `quota_exceeded` when it adds work, or data, beyond the tenant's quota; `idempotency_key_reused` when the key's first
   * request had other content.
   */
  accept(
    adaptation: Omit<Adaptation, 'sequence'>,
    support: SupportSet,
    task: TaskDraft,
    conditions?: AcceptConditions,
  ): Promise<{ adaptation: Adaptation; accepted: boolean } | null>;
  adaptation(tenant: TenantId, task: string, id: string): Promise<Adaptation | null>;
  /** The latest first. */
  adaptations(tenant: TenantId, task: string, page: PageRequest): Promise<Page<Adaptation>>;
  supportSet(tenant: TenantId, task: string, digest: string): Promise<SupportSet | null>;
  /**
   * Apply `change` to the record unless it has ended or is gone; `change` may answer null for "leave it", and is asked
   * again where another process has changed the record meanwhile.
   * A record that thereby succeeds becomes its task's current one unless a later one already is.
   * Answers the record as it now stands, or null when it is gone.
   */
  update(
    tenant: TenantId,
    task: string,
    id: string,
    change: (adaptation: Adaptation) => Adaptation | null,
  ): Promise<Adaptation | null>;
  /** Those that have not ended, of all tenants, oldest first: what is taken up again when whoever had them is gone. */
  unfinished(): Promise<readonly AdaptationRef[]>;
  usage(tenant: TenantId): Promise<Usage>;

  /**
   * The adaptation that a request with this key was answered with in the 24 hours before `now`; null where there was none.
   * @throws InnerloopError `idempotency_key_reused`
   */
  acceptedUnder(
    tenant: TenantId,
    task: string,
    idempotency: IdempotencyKey,
    now: string,
  ): Promise<Adaptation | null>;
  /** Removes the keys, of all tenants, that have expired by `now`, and gives back the usage they count for. */
  removeExpiredKeys(now: string): Promise<void>;
}

export interface AcceptConditions {
  readonly expectSubmitted?: number | undefined;
  readonly idempotency?: IdempotencyKey | undefined;
}
