import type { Items } from '../concurrency/limit.ts';
import type { Adaptation, InnerSettings, Origin } from '../domain/adaptation.ts';
import type { Task, TenantId } from '../domain/task.ts';
import type { Manifest } from '../package/manifest.ts';
import type { PredictionTimings } from '../ports/program-runner.ts';
import type { Page, PageRequest } from '../ports/task-store.ts';
import type { Tensor } from '../tensor.ts';
import type { InputSpec, RawInput, RawTensor } from './inputs/raw-input.ts';

export interface RawExample {
  readonly input: RawInput;
  /** Exactly one of the two, by the package's task kind. `target` is as the caller wrote it: nested numbers. */
  readonly label?: string;
  readonly target?: unknown;
}

export interface AdaptRequest {
  /** Needed until the task exists; afterwards it must be the task's. */
  readonly model?: string;
  /** Where errors about the model point; absent when it was named outside the body. */
  readonly modelPointer?: string;
  /** Those of a form arrive one after the other, and are decoded as they do. Errors name them by number (`item`). */
  readonly support: Items<RawExample>;
  readonly settings?: Partial<InnerSettings>;
  /** `append`: the examples join the newest accepted support set that has neither failed nor been cancelled. */
  readonly mode?: 'replace' | 'append';
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * A request with the key of an earlier one on this task, in the last 24 hours, is answered with its adaptation, which is
   * not accepted again. @throws `idempotency_key_reused` when the earlier one had other content.
   */
  readonly idempotencyKey?: string;
  readonly origin?: Origin;
}

export interface TaskView extends Task {
  /** Class labels the current adaptation answers with; absent for regression, null before the first. */
  readonly labels?: readonly string[] | null;
  /** Where the current state would be served from: `recompute` means from the stored support set. */
  readonly residency: 'memory' | 'cache' | 'recompute' | null;
}

/** One thing that happened to an adaptation. Derived from its record, so the same on every machine and every read. */
export interface AdaptationEvent {
  /** Counts from 1: queued, running, one per step, then the end. */
  readonly id: number;
  readonly type: 'queued' | 'running' | 'step' | 'succeeded' | 'failed' | 'cancelled';
  readonly data: { readonly step?: number; readonly loss?: number; readonly error?: Adaptation['error'] };
}

export interface Prediction {
  readonly label?: string;
  /** By label; sums to 1. */
  readonly probabilities?: Readonly<Record<string, number>>;
  /** Regression: nested numbers of the package's output shape. */
  readonly value?: unknown;
}

/** Row-major, as a `Tensor` is, in as much precision as there is. */
export interface Answers {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** An adaptation that has succeeded, ready to be asked. */
export interface AdaptedModel {
  /** Its id. */
  readonly adaptation: string;
  /** Package name and version. */
  readonly model: string;
  readonly input: InputSpec;
  /** Of the answer to one input: [ways], or the package's output shape. */
  readonly answerShape: readonly number[];
  /** The labels, in the order of the probabilities; null where answers are values. */
  readonly classes: readonly string[] | null;
  /**
   * Inputs as callers write them → x [B, …input], until `signal` aborts. Errors name an input by number (`item`).
   * @throws `invalid_input`, `invalid_image`
   */
  decode(inputs: Items<RawInput>, signal?: AbortSignal): Promise<Tensor>;
  /** One tensor → x [B, …input]. It is the one item that errors name. @throws `invalid_input` */
  decodeTensor(tensor: RawTensor): Promise<Tensor>;
  /**
   * Probabilities [B, ways], or values [B, …output], of x [B, …input], which is no longer the caller's. Errors name a row
   * by number (`item`). @throws `invalid_input`
   */
  answer(x: Tensor): Promise<Answers & { readonly timings: PredictionTimings }>;
}

/** The use cases. Every method throws InnerloopError and nothing else on bad input; `tenant` scopes every id. */
export interface Service {
  models(): readonly Manifest[];
  /** @throws `model_not_found` */
  model(name: string): Manifest;

  /** @throws `model_not_found`, `model_required`, `model_conflict` */
  putTask(
    tenant: TenantId,
    id: string,
    request: { model?: string; metadata?: Readonly<Record<string, string>> },
  ): Promise<{ task: TaskView; created: boolean }>;
  task(tenant: TenantId, id: string): Promise<TaskView>;
  tasks(tenant: TenantId, page: PageRequest): Promise<Page<TaskView>>;
  /** Cancels what runs. @throws `task_not_found` */
  deleteTask(tenant: TenantId, id: string): Promise<void>;

  /** Accept an adaptation. When this resolves it is durable. `signal` ends the reading of its examples. */
  adapt(tenant: TenantId, task: string, request: AdaptRequest, signal?: AbortSignal): Promise<Adaptation>;
  adaptation(tenant: TenantId, task: string, id: string): Promise<Adaptation>;
  adaptations(tenant: TenantId, task: string, page: PageRequest): Promise<Page<Adaptation>>;
  /** Idempotent. @throws `adaptation_ended` once it has succeeded or failed. */
  cancel(tenant: TenantId, task: string, id: string): Promise<Adaptation>;
  /** The record once it has ended, or as it was last seen when `signal` aborts, however long the store was away. */
  waitUntilEnded(accepted: Adaptation, signal: AbortSignal): Promise<Adaptation>;
  /** Events with id > `after`, live, until the end or until `signal` aborts. */
  events(
    tenant: TenantId,
    task: string,
    id: string,
    after: number,
    signal: AbortSignal,
  ): AsyncIterable<AdaptationEvent>;

  /**
   * What answers for a task: its current adaptation, or the one named, which need only have succeeded.
   * @throws `task_not_found`, `task_not_adapted`, `adaptation_not_found`, `adaptation_not_succeeded`
   */
  adaptedModel(tenant: TenantId, task: string, adaptation?: string): Promise<AdaptedModel>;
  /** As `adaptedModel` for `adaptation`. @throws also `invalid_input`, `invalid_image` */
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

  /** Runs accepted adaptations from now on. */
  processAdaptations(): void;
  /** Submits again what is unfinished: whoever accepted it, or ran it, may be gone. Harmless for what is not lost. */
  resubmitUnfinished(): Promise<void>;
  removeExpiredKeys(): Promise<void>;
  /** Whether requests can be served now, part by part, and what this process computes on. */
  readiness(): Promise<{
    ready: boolean;
    checks: Readonly<Record<string, boolean>>;
    executionProvider: string;
  }>;
}
