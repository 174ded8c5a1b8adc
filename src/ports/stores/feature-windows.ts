import type { Alarm, AskedInput, FeatureWindow } from '../../domain/drift/asked-input.ts';
import type { TenantId } from '../../domain/task.ts';

/**
 * Features of the inputs of predictions: a bounded number for each task, deleted with the task. They count as bytes of the
 * tenant. Implementations must pass `test/support/contracts/feature-windows.ts`.
 */
export interface FeatureWindows {
  /** Null when nothing is kept of the task. */
  featureWindow(tenant: TenantId, task: string): Promise<FeatureWindow | null>;
  /**
   * Adds inputs in their order; `slotOf` says which former ones they replace. Inputs of another epoch replace all that is kept.
   * Answers the count of the epoch, or null when there is no such task or it is not monitored. It need not survive a power cut.
   * @throws InnerloopError `quota_exceeded`, and nothing changes
   */
  addAsked(
    tenant: TenantId,
    task: string,
    epoch: string,
    inputs: readonly AskedInput[],
  ): Promise<number | null>;
  /** Replaces the alarm of an epoch. False, and nothing changes, when it is no longer `before`. */
  putAlarm(
    tenant: TenantId,
    task: string,
    change: { readonly epoch: string; readonly before: Alarm | null; readonly after: Alarm },
  ): Promise<boolean>;
  deleteFeatureWindow(tenant: TenantId, task: string): Promise<void>;
  /** Tasks of all tenants whose stored inputs need a check (`wantsCheck`). */
  driftDue(): Promise<readonly { readonly tenant: TenantId; readonly task: string }[]>;
}
