import type { Adaptation, Origin } from '../../domain/adaptation.ts';
import type { Content } from '../../domain/content.ts';
import type { Readapt } from '../../domain/feedback/due.ts';
import type { KeptPrediction } from '../../domain/feedback/kept-prediction.ts';
import type { Quality } from '../../domain/feedback/quality.ts';
import type { Suggestion } from '../../domain/feedback/review.ts';
import type { TenantId } from '../../domain/task.ts';
import type { Warning } from '../../domain/warning.ts';
import type { ExampleView } from '../examples/use-cases.ts';
import type { RawInput } from '../inputs/raw-input.ts';

/** The right answer for a kept prediction, or for an input. Exactly one of the two, and a label or a target. */
export interface FeedbackRequest {
  readonly prediction?: string;
  readonly input?: RawInput;
  readonly label?: string;
  readonly target?: unknown;
  /** Default: `batch`. */
  readonly readapt?: Readapt;
  /** As in `AdaptRequest`: an earlier feedback with the same key is answered again. */
  readonly idempotencyKey?: string;
  readonly origin?: Origin;
}

export interface FeedbackAnswer {
  readonly example: ExampleView;
  /** The adaptation that learns from it; null if that is not accepted yet. */
  readonly adaptation: Adaptation | null;
  readonly warnings: readonly Warning[];
}

/** All throw `task_not_found`; those with the id of a prediction also `prediction_not_found` and `prediction_not_kept`. */
export interface FeedbackUseCases {
  /**
   * Stores what is right as an example, durably. @throws the errors of `adapt` about examples, `task_not_adapted` before the
   * first adaptation, `quota_exceeded`, `idempotency_key_reused`
   */
  feedback(
    tenant: TenantId,
    task: string,
    request: FeedbackRequest,
    signal?: AbortSignal,
  ): Promise<FeedbackAnswer>;
  /** How good the current adaptation is, by its report and by feedback, and what to do. */
  quality(tenant: TenantId, task: string): Promise<Quality>;
  /** The kept predictions for which a label would help the most, without those that have feedback. */
  review(tenant: TenantId, task: string, limit: number): Promise<readonly Suggestion[]>;
  keptPrediction(tenant: TenantId, task: string, id: string): Promise<KeptPrediction>;
  keptContent(tenant: TenantId, task: string, id: string): Promise<Content>;
  /** A WebP of at most 128 pixels on each side. @throws `not_found` when the input is not a picture */
  keptThumbnail(tenant: TenantId, task: string, id: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Adapts tasks whose feedback is due: this process, or another one, may have died before it could. */
  resumeFeedback(): Promise<void>;
  /** Removes kept predictions whose time is over. */
  removeExpiredPredictions(): Promise<void>;
}
