import type { Items } from '../concurrency/limit.ts';
import type { Adaptation, InnerSettings, Origin } from '../domain/adaptation.ts';
import type { Column } from '../domain/rows/columns.ts';
import type { PackageUpdates, Task, TenantId } from '../domain/task.ts';
import type { Warning } from '../domain/warning.ts';
import type { EncoderManifest } from '../package/encoder/encoder.ts';
import type { PredictionTimings } from '../ports/program-runner.ts';
import type { Page, PageRequest } from '../ports/task-store.ts';
import type { Tensor } from '../tensor.ts';
import type { InputSpec } from './inputs/input-spec.ts';
import type { RawInput, RawTensor } from './inputs/raw-input.ts';
import type { InstalledModel } from './models.ts';

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
  /** Null if the cell is no number. */
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
  readonly settings?: Partial<InnerSettings>;
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
}

/** An event of an adaptation. It is derived from the record, so it is the same in every process and on every read. */
export interface AdaptationEvent {
  /** Counts from 1: queued, running, one per step, then the end. */
  readonly id: number;
  readonly type: 'queued' | 'running' | 'step' | 'succeeded' | 'failed' | 'cancelled';
  readonly data: { readonly step?: number; readonly loss?: number; readonly error?: Adaptation['error'] };
}

export interface Prediction {
  /** What the caller should know about the input. Their pointers are relative to the input. */
  readonly warnings?: readonly Warning[];
  readonly label?: string;
  /** By label; sums to 1. */
  readonly probabilities?: Readonly<Record<string, number>>;
  /** For regression: nested numbers of the package's output shape. */
  readonly value?: unknown;
}

/** Row-major values of `shape`, as in a `Tensor`. Probabilities have double precision. */
export interface Answers {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** Inputs as the programs of a package read them. */
export interface DecodedInputs {
  /** [B, …input] */
  readonly x: Tensor;
  /** By input. */
  readonly warnings: readonly (readonly Warning[])[];
}

/** A succeeded adaptation, ready for predictions. */
export interface AdaptedModel {
  /** Id of the adaptation. */
  readonly adaptation: string;
  /** Package name and version. */
  readonly model: string;
  readonly input: InputSpec;
  /** For rows: the columns of the support set. Null for other inputs. */
  readonly columns: readonly Column[] | null;
  /** Shape of the answer to one input: [ways], or the package's output shape. */
  readonly answerShape: readonly number[];
  /** Labels in the order of the probabilities. Null for regression. */
  readonly classes: readonly string[] | null;
  /**
   * Decodes inputs to x [B, …input], until `signal` aborts. Errors contain the number of the input (`item`, from 0).
   * @throws `invalid_input`, `invalid_image`
   */
  decode(inputs: Items<RawInput>, signal?: AbortSignal): Promise<DecodedInputs>;
  /** Decodes one tensor of many rows to x [B, …input]. Errors have `item` 0. @throws `invalid_input` */
  decodeTensor(tensor: RawTensor): Promise<Tensor>;
  /**
   * Probabilities [B, ways], or values [B, …output], of x [B, …input]. The caller must not use x afterwards. Errors
   * contain the number of the row (`item`, from 0). @throws `invalid_input`
   */
  answer(x: Tensor): Promise<Answers & { readonly timings: PredictionTimings }>;
}

/** The use cases. For bad input each method throws an InnerloopError. All ids belong to `tenant`. */
export interface Service {
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
      packageUpdates?: PackageUpdates;
    },
  ): Promise<{ task: TaskView; created: boolean }>;
  task(tenant: TenantId, id: string): Promise<TaskView>;
  tasks(tenant: TenantId, page: PageRequest): Promise<Page<TaskView>>;
  /** Also cancels its adaptations. @throws `task_not_found` */
  deleteTask(tenant: TenantId, id: string): Promise<void>;

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
  /** Events with id > `after`, as they happen, until the adaptation ends or `signal` aborts. */
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
    options?: { readonly adaptation?: string | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<{
    adaptation: string;
    model: string;
    predictions: readonly Prediction[];
    timings: PredictionTimings;
  }>;

  /** Starts to run accepted adaptations in this process. */
  processAdaptations(): void;
  /** Submits all unfinished adaptations again, because a process may have died with them. Idempotent. */
  resubmitUnfinished(): Promise<void>;
  /** Resolves when the examples that this process embeds now are embedded, and their adaptations submitted. */
  embedded(): Promise<void>;
  /** Removes expired idempotency keys. */
  removeExpiredIdempotencyKeys(): Promise<void>;
  /** Whether this process can serve requests now, by part, and its execution provider. */
  readiness(): Promise<{
    ready: boolean;
    checks: Readonly<Record<string, boolean>>;
    executionProvider: string;
  }>;
}
