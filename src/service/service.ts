import type { Items } from '../concurrency/limit.ts';
import type { Adaptation, Origin } from '../domain/adaptation.ts';
import type { Column } from '../domain/rows/columns.ts';
import type { Task, TenantId } from '../domain/task.ts';
import type { TaskSettings } from '../domain/task-settings.ts';
import type { Quota, Usage } from '../domain/usage.ts';
import type { EncoderManifest } from '../package/encoder/encoder.ts';
import type { PredictionTimings } from '../ports/program-runner.ts';
import type { Page, PageRequest } from '../ports/stores/task-store.ts';
import type { GivenSettings } from './adapting/inner-settings.ts';
import type { DriftUseCases } from './drift/use-cases.ts';
import type { ExampleUseCases } from './examples/use-cases.ts';
import type { FeedbackUseCases } from './feedback/use-cases.ts';
import type { RawInput } from './inputs/raw-input.ts';
import type { InstalledModel } from './models.ts';
import type { AdaptedModel, Prediction, PredictOptions } from './predicting/prediction.ts';
import type { VersionUseCases } from './versions/use-cases.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

export type {
  AdaptedModel,
  Answers,
  Prediction,
  PredictOptions,
} from './predicting/prediction.ts';

export interface RawExample {
  readonly input: RawInput;
  /** For classification `label`, for regression `target` (nested numbers, not decoded yet). */
  readonly label?: string;
  readonly target?: unknown;
  /** In a table: the label or the target, whichever the package needs. */
  readonly cell?: TargetCell;
}

/** A cell of the target column of a table. */
export interface TargetCell {
  readonly label: string;
  /** Null if the cell is not a number. */
  readonly number: number | null;
  /** Whether the column holds amounts. `auto` then chooses a package that predicts numbers. */
  readonly isAmount: boolean;
}

export interface AdaptRequest {
  /** Required for a new task. For an existing task it must be the task's model. */
  readonly model?: string;
  /** JSON pointer for errors about the model. Absent when the model was not named in the body. */
  readonly modelPointer?: string;
  /** The examples of a form arrive one after the other. Errors contain the number of the example (`item`, from 0). */
  readonly support: Items<RawExample>;
  readonly settings?: GivenSettings;
  /** `append`: adds the examples to the latest support set whose adaptation has neither failed nor been cancelled. */
  readonly mode?: 'replace' | 'append';
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * A request with the same key as an earlier request on this task, within 24 hours, gets the adaptation of that request.
   * @throws `idempotency_key_reused` when the earlier request had other content
   */
  readonly idempotencyKey?: string;
  readonly origin?: Origin;
}

export interface ReadaptRequest extends Pick<AdaptRequest, 'model' | 'settings' | 'origin'> {}

export interface TaskView extends Task {
  /** Class labels of the current adaptation. Absent for regression; null before the first adaptation. */
  readonly labels?: readonly string[] | null;
  /** For rows: the columns of the current adaptation. */
  readonly columns?: readonly Column[];
  /** Where the current state is. `recompute`: it must be computed again from the stored support set. */
  readonly residency: 'memory' | 'cache' | 'recompute' | null;
  /** Whether the examples were edited after the current adaptation was accepted: `readapt` learns from them as they are. */
  readonly stale: boolean;
}

/** An event of an adaptation. It is derived from the record, so it is the same in every process and on every read. */
export interface AdaptationEvent {
  /** Counts from 1: queued, running, one per step, the end, and after a success the report. */
  readonly id: number;
  readonly type: 'queued' | 'running' | 'step' | 'succeeded' | 'failed' | 'cancelled' | 'erased' | 'report';
  readonly data: { readonly step?: number; readonly loss?: number; readonly error?: Adaptation['error'] };
}

/** The use cases. For bad input each method throws an InnerloopError. All ids belong to `tenant`. */
export interface Service
  extends ExampleUseCases,
    DriftUseCases,
    FeedbackUseCases,
    VersionUseCases<Prediction> {
  models(): readonly InstalledModel[];
  /** @throws `model_not_found` */
  model(name: string): InstalledModel;
  /** The encoders of the packages, by name. */
  encoders(): readonly EncoderManifest[];
  /** @throws `not_found` */
  encoder(name: string): EncoderManifest;

  /** @throws `model_not_found`, `model_required`, `model_conflict` */
  putTask(
    tenant: TenantId,
    id: string,
    request: {
      model?: string;
      metadata?: Readonly<Record<string, string>>;
    } & Partial<TaskSettings>,
  ): Promise<{ task: TaskView; created: boolean }>;
  task(tenant: TenantId, id: string): Promise<TaskView>;
  tasks(tenant: TenantId, page: PageRequest): Promise<Page<TaskView>>;
  /** Also cancels its adaptations. @throws `task_not_found` */
  deleteTask(tenant: TenantId, id: string): Promise<void>;
  /** What the tenant stores and has queued, and how much it may. */
  tenantUsage(tenant: TenantId): Promise<{ readonly usage: Usage; readonly quota: Quota }>;
  /**
   * Erases all data of the tenant and, unless `keepsKeys`, its keys. First stores that this was asked for. From then on the
   * tenant's requests are refused, and `resumeDeletions` finishes the deletion if this process cannot. Answers whether
   * everything is erased; false after `waitMs`, and when a store failed.
   */
  deleteTenant(
    tenant: TenantId,
    options: { readonly keepsKeys: boolean; readonly waitMs: number },
  ): Promise<boolean>;
  /**
   * Finishes the deletions of all processes. A tenant without keys is erased a second time after `graceMs`, because a
   * request that was in progress may have stored something that no call could delete.
   */
  resumeDeletions(): Promise<void>;

  /** Accepts an adaptation. When the promise resolves, it is stored durably. `signal` stops decoding its examples. */
  adapt(tenant: TenantId, task: string, request: AdaptRequest, signal?: AbortSignal): Promise<Adaptation>;
  /**
   * Adapts the task to its stored examples again: with other settings, the installed version of its package, or another
   * package, to which the task moves. @throws `task_not_adapted` without examples, `examples_not_readable`
   */
  readapt(tenant: TenantId, task: string, request?: ReadaptRequest): Promise<Adaptation>;
  adaptation(tenant: TenantId, task: string, id: string): Promise<Adaptation>;
  adaptations(tenant: TenantId, task: string, page: PageRequest): Promise<Page<Adaptation>>;
  /** Idempotent. @throws `adaptation_ended` when it has succeeded or failed */
  cancel(tenant: TenantId, task: string, id: string): Promise<Adaptation>;
  /** The record once it has ended, or the latest known record when `signal` aborts. */
  waitUntilEnded(accepted: Adaptation, signal: AbortSignal): Promise<Adaptation>;
  /** Whether there are events with id > `after`, or may be some later. */
  hasEvents(tenant: TenantId, task: string, id: string, after: number): Promise<boolean>;
  /**
   * Events with id > `after`, as they happen, until the adaptation has ended and no report can come any more, or `signal`
   * aborts.
   */
  events(
    tenant: TenantId,
    task: string,
    id: string,
    after: number,
    signal: AbortSignal,
  ): AsyncIterable<AdaptationEvent>;

  /**
   * The task's current adaptation, or the one with id `adaptation`, which must have succeeded.
   * @throws `task_not_found`, `task_not_adapted`, `adaptation_not_found`, `adaptation_not_succeeded`
   */
  adaptedModel(tenant: TenantId, task: string, adaptation?: string): Promise<AdaptedModel>;
  /** Predicts with `adaptedModel`. @throws the errors of `adaptedModel`, and `invalid_input`, `invalid_image` */
  predict(
    tenant: TenantId,
    task: string,
    inputs: Items<RawInput>,
    options?: PredictOptions,
  ): Promise<{
    adaptation: string;
    model: string;
    predictions: readonly Prediction[];
    timings: PredictionTimings;
  }>;

  readonly webhooks: Webhooks;

  /** Starts to run accepted adaptations in this process. */
  processAdaptations(): void;
  /** Submits all unfinished adaptations again, because a process may have died with them. Idempotent. */
  resubmitUnfinished(): Promise<void>;
  /** Resolves when the examples that this process embeds now are embedded, and their adaptations submitted. */
  embedded(): Promise<void>;
  /** Abandons reports that are computed in the background; resolves when none is. For a process that ends. */
  stopReports(): Promise<void>;
  /** Removes expired idempotency keys. */
  removeExpiredIdempotencyKeys(): Promise<void>;
  /** Whether this process can serve requests now, by part, and its execution provider. */
  readiness(): Promise<{
    ready: boolean;
    checks: Readonly<Record<string, boolean>>;
    executionProvider: string;
  }>;
}
