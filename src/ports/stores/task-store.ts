import type { Adaptation, AdaptationDraft } from '../../domain/adaptation.ts';
import type { Contents } from '../../domain/content.ts';
import type { IdempotencyKey } from '../../domain/idempotency.ts';
import type { GivenSupport, SupportSet } from '../../domain/support-set.ts';
import type { Task, TaskDraft, TenantId } from '../../domain/task.ts';
import type { Report } from '../../domain/trust/report/report.ts';
import type { Usage } from '../../domain/usage.ts';
import type { Tensor } from '../../tensor.ts';
import type { AdaptationRef } from '../adaptation-queue.ts';
import type { ExampleStore } from './example-store.ts';
import type { FeatureWindows } from './feature-windows.ts';
import type { TenantData } from './tenant-data.ts';

export interface Page<Item> {
  readonly data: readonly Item[];
  /** Pass it as `after` to get the next page. Null on the last page. */
  readonly nextCursor: string | null;
}
export interface PageRequest {
  readonly limit: number;
  /** A `nextCursor`. The store throws InnerloopError `invalid_request` for any other string. */
  readonly after?: string | undefined;
}

/** Ids of the adaptations that were deleted with a task, so that queue and cache can drop them. */
export interface DeletedTask {
  readonly adaptations: readonly string[];
  /** The ids among `adaptations` whose adaptation had not ended. */
  readonly unfinished: readonly string[];
}

/**
 * Canonical contents of examples, and their features, by digest. Each is stored once per tenant, for as long as a task of
 * the tenant uses the content. No method reads data of another tenant.
 */
export interface ContentStore {
  /** The stored contents among `digests`. */
  contents(tenant: TenantId, digests: Iterable<string>): Promise<Contents>;
  /** The stored features [d] of the contents among `digests`, as the encoder with digest `encoder` computes them. */
  features(
    tenant: TenantId,
    encoder: string,
    digests: Iterable<string>,
  ): Promise<ReadonlyMap<string, Tensor>>;
  /**
   * Stores features by the digest of their content. Skips contents that are not stored (any more). The features count
   * as bytes of the tenant, but are stored even if they exceed the quota: the request has been accepted.
   */
  putFeatures(tenant: TenantId, encoder: string, features: ReadonlyMap<string, Tensor>): Promise<void>;
}

/**
 * The durable store of tasks, support sets and adaptation records. When the promise of a write resolves, the write
 * survives a crash. Each method is atomic. Implementations must pass `test/support/contracts/task-store.ts`.
 */
export interface TaskStore extends ContentStore, ExampleStore, FeatureWindows, TenantData, AsyncDisposable {
  task(tenant: TenantId, id: string): Promise<Task | null>;
  /** In ascending order of id. */
  tasks(tenant: TenantId, page: PageRequest): Promise<Page<Task>>;
  /** The task and its current adaptation, read in one transaction. Null when there is no task. */
  current(tenant: TenantId, id: string): Promise<{ task: Task; adaptation: Adaptation | null } | null>;
  /** Never changes `model` of an existing task. @throws InnerloopError `model_conflict`, `quota_exceeded` */
  putTask(task: TaskDraft): Promise<{ task: Task; created: boolean }>;
  /**
   * Deletes the task with its adaptations and support sets, and with the contents and features that no other task of the
   * tenant uses. Null when there is no such task.
   */
  deleteTask(tenant: TenantId, id: string): Promise<DeletedTask | null>;

  /**
   * Accepts an adaptation: writes its record (and sets `sequence`), its support set and, as `putTask` does, its task.
   *
   * - A stored record of the same id that is queued, running or succeeded stays (`accepted` is false). A failed, cancelled
   *   or erased one is replaced.
   * - In both cases the record becomes the latest of its task: it gets a new sequence unless it is already the latest. If
   *   it has succeeded, it also becomes the current one. So the latest request decides which adaptation is current.
   * - With `expectSubmitted`: when the task's `submitted` (0 without a task) differs, answers null and writes nothing.
   *   Another request was accepted in between. The same when the task no longer has a content that `given` lacks: the task
   *   was deleted and created again in between.
   * - With `idempotency`: stores the key for 24 hours in the same transaction. When the key is stored already, answers
   *   the adaptation of its first request (`accepted` is false), before `expectSubmitted` and the quota are checked, and
   *   writes nothing.
   * @throws InnerloopError `model_conflict` when the task uses another model; `too_many_queued` or `quota_exceeded` when
   * the tenant's quota would be exceeded; `idempotency_key_reused` when the first request with the key had other content.
   */
  accept(
    adaptation: AdaptationDraft,
    given: GivenSupport,
    task: TaskDraft,
    conditions?: AcceptConditions,
  ): Promise<{ adaptation: Adaptation; accepted: boolean } | null>;
  adaptation(tenant: TenantId, task: string, id: string): Promise<Adaptation | null>;
  /** In descending order of sequence: the latest first. */
  adaptations(tenant: TenantId, task: string, page: PageRequest): Promise<Page<Adaptation>>;
  supportSet(tenant: TenantId, task: string, digest: string): Promise<SupportSet | null>;
  /**
   * Applies `change` to the record unless it has ended. `change` answers null to leave the record as it is. It is called
   * again when another process has changed the record in between. A record that succeeds becomes the current one of its
   * task, unless the current one has a later sequence.
   *
   * Answers the stored record after the call, or null when it has been deleted.
   */
  update(
    tenant: TenantId,
    task: string,
    id: string,
    change: (adaptation: Adaptation) => Adaptation | null,
  ): Promise<Adaptation | null>;
  /** Adds the report to a record that has succeeded and has none. Another record stays as it is. */
  putReport(tenant: TenantId, task: string, id: string, report: Report): Promise<void>;
  /** Adaptations of all tenants that have not ended, oldest first. */
  unfinished(): Promise<readonly AdaptationRef[]>;
  usage(tenant: TenantId): Promise<Usage>;
  /** The digests of the packages of all stored adaptations of all tenants. It reads every record, so call it rarely. */
  packagesInUse(): Promise<ReadonlySet<string>>;

  /**
   * The adaptation of the first request with this key in the 24 hours before `now`. Null when there was none.
   * @throws InnerloopError `idempotency_key_reused`
   */
  acceptedUnder(
    tenant: TenantId,
    task: string,
    idempotency: IdempotencyKey,
    now: string,
  ): Promise<Adaptation | null>;
  /** Removes the keys of all tenants that have expired by `now`, and subtracts them from the usage. */
  removeExpiredIdempotencyKeys(now: string): Promise<void>;
}

export interface AcceptConditions {
  readonly expectSubmitted?: number | undefined;
  readonly idempotency?: IdempotencyKey | undefined;
  /** The task takes the model of the draft, in place of `model_conflict`. */
  readonly moves?: boolean;
}
