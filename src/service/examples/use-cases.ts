import type { Content } from '../../domain/content.ts';
import type { Example, ExampleSource } from '../../domain/example.ts';
import type { TenantId } from '../../domain/task.ts';
import type { Page, PageRequest } from '../../ports/stores/task-store.ts';

export interface ExampleView extends Example {
  /** Bytes of its canonical content. */
  readonly size: number;
}

export interface ExampleContent {
  readonly example: Example;
  readonly content: Content;
}

/** What an erasure has done. */
export interface Erasure {
  /** Number of examples. */
  readonly examples: number;
  /** Ids of the adaptations that are erased, because they had learnt from them. */
  readonly adaptations: readonly string[];
}

/** The examples of a task for a download, in the order in which a task learns from them. */
export interface ExamplesToDownload {
  readonly examples: readonly Example[];
  /** Shape of one target, for regression. */
  readonly targetShape?: readonly number[];
  /** Shape of one input, for examples that are tensors. */
  readonly inputShape: readonly number[];
  /** Their contents, one after the other. Leaves out what is erased in between. */
  contents(signal?: AbortSignal): AsyncIterable<ExampleContent>;
}

/**
 * The examples of a task are those that its next adaptation learns from. An example that only older adaptations have learnt
 * from is found by its id. Each method throws `task_not_found`, those with an id also `example_not_found`.
 */
export interface ExampleUseCases {
  /** In ascending order of time. */
  examples(
    tenant: TenantId,
    task: string,
    page: PageRequest,
    filter: { readonly label?: string | undefined; readonly source?: ExampleSource | undefined },
  ): Promise<Page<ExampleView>>;
  example(tenant: TenantId, task: string, id: string): Promise<ExampleView>;
  exampleContent(tenant: TenantId, task: string, id: string): Promise<ExampleContent>;
  /** A WebP of at most 128 pixels on each side. @throws `not_found` when the example is not a picture */
  exampleThumbnail(tenant: TenantId, task: string, id: string, signal?: AbortSignal): Promise<Uint8Array>;
  examplesToDownload(tenant: TenantId, task: string): Promise<ExamplesToDownload>;
  /**
   * Gives an example another label or target. The task is stale until `readapt`.
   * @throws `invalid_support_set`, `invalid_input`, `quota_exceeded`
   */
  relabel(
    tenant: TenantId,
    task: string,
    id: string,
    outcome: { readonly label?: string | undefined; readonly target?: unknown },
  ): Promise<ExampleView>;
  /**
   * Erases an example, or those with a label or of a source: bytes, features, and adaptations that have learnt from them.
   * @throws `invalid_request` without any member in `which`
   */
  erase(
    tenant: TenantId,
    task: string,
    which: {
      readonly id?: string | undefined;
      readonly label?: string | undefined;
      readonly source?: ExampleSource | undefined;
    },
  ): Promise<Erasure>;
}
