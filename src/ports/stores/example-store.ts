import type { Adaptation } from '../../domain/adaptation.ts';
import type { ExampleEdit } from '../../domain/examples/edit.ts';
import type { ExamplesEdited } from '../../domain/examples/edit-plan.ts';
import type { TenantId } from '../../domain/task.ts';

/** Decisions of the caller about the examples and versions of a task. `planEdit` and `activateIn` say what they do. */
export interface ExampleStore {
  /**
   * Edits the examples of a task. Concurrent edits are applied one after the other. Null, and nothing changes, when there is
   * no such task, or when no example matches. An edit that erases also works when the quota is exceeded.
   *
   * After the call, the store has neither the bytes nor the features of an erased example, unless another example of the
   * tenant has the same content.
   * @throws InnerloopError `invalid_support_set`, `quota_exceeded`, `idempotency_key_reused`
   */
  editExamples(tenant: TenantId, task: string, edit: ExampleEdit, at: string): Promise<ExamplesEdited | null>;
  /** Tasks of all tenants whose `feedbackDue` is at `now` or before. */
  feedbackDue(now: string): Promise<readonly { readonly tenant: TenantId; readonly task: string }[]>;
  /** What `editExamples` would answer now. Changes nothing. */
  planExamples(tenant: TenantId, task: string, edit: ExampleEdit, at: string): Promise<ExamplesEdited | null>;
  /**
   * Makes a succeeded adaptation the current one. An adaptation that was accepted before does not replace it when it ends
   * later. Answers the record, unchanged if it has not succeeded; null when there is none.
   */
  activate(tenant: TenantId, task: string, id: string): Promise<Adaptation | null>;
  /** Bytes of the stored contents among `digests`. */
  contentSizes(tenant: TenantId, digests: Iterable<string>): Promise<ReadonlyMap<string, number>>;
}
