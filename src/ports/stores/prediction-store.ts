import type { KeptInput, KeptPrediction, Outcome } from '../../domain/feedback/kept-prediction.ts';
import type { TenantId } from '../../domain/task.ts';
import type { TenantData } from './tenant-data.ts';

export interface PredictionToKeep {
  readonly prediction: KeptPrediction;
  readonly input: KeptInput;
}

/**
 * Predictions that tasks keep with their inputs, and what feedback says of them. Their bytes count in the usage of the tenant.
 * They are deleted with their task. When the promise of a write resolves, all processes see the write, and it survives the death
 * of this process. Each method is atomic. Implementations must pass `test/support/contracts/prediction-store.ts`.
 */
export interface PredictionStore extends TenantData {
  /**
   * Keeps predictions, in the order of their time, and removes the oldest beyond `most`. False, and nothing is stored, when
   * there is no such task. @throws InnerloopError `quota_exceeded`; then nothing is stored or removed
   */
  put(tenant: TenantId, task: string, given: readonly PredictionToKeep[], most: number): Promise<boolean>;
  /** Null after its `expiresAt`. */
  find(tenant: TenantId, task: string, id: string, now: string): Promise<KeptPrediction | null>;
  input(tenant: TenantId, task: string, id: string, now: string): Promise<KeptInput | null>;
  /** Those that have not expired, the latest first. */
  list(tenant: TenantId, task: string, now: string): Promise<readonly KeptPrediction[]>;
  /** Frees the bytes of the predictions. Skips ids that are not there. */
  remove(tenant: TenantId, task: string, ids: readonly string[]): Promise<void>;
  /** Removes those of all tenants that have expired by `now`. */
  removeExpired(now: string): Promise<void>;
  /** Adds an outcome as `addOutcome` says, and marks its prediction. Does nothing when there is no such task. */
  addOutcome(tenant: TenantId, task: string, outcome: Outcome): Promise<void>;
  /** Oldest first. */
  outcomes(tenant: TenantId, task: string): Promise<readonly Outcome[]>;
}
