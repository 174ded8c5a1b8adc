import type { LabelsOf, MetricOf } from './metric-catalogue.ts';

export interface Counter {
  add(amount: number): void;
}

export interface Histogram {
  record(value: number): void;
}

/**
 * Records the metrics that `metric-catalogue.ts` lists. Bind labels once, when a part is created: recording then costs one
 * or two microseconds.
 */
export interface Meter {
  counter<Name extends MetricOf<'counter'>>(name: Name, labels: LabelsOf<Name>): Counter;
  histogram<Name extends MetricOf<'histogram'>>(name: Name, labels: LabelsOf<Name>): Histogram;
  /** Calls `read` at each scrape. When it rejects or answers null, that scrape has no value. */
  observe<Name extends MetricOf<'gauge' | 'counter'>>(
    name: Name,
    labels: LabelsOf<Name>,
    read: () => number | null | Promise<number | null>,
  ): void;
}

/** Records nothing. */
export const noMeter: Meter = Object.freeze({
  counter: () => ({ add: () => undefined }),
  histogram: () => ({ record: () => undefined }),
  observe: () => undefined,
});

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  /** `traceparent` of the parent span. Without a valid one a new trace starts. */
  readonly parent?: string | undefined;
  /** `server`: answers a request. `consumer`: runs queued work. `internal` (the default): part of either. */
  readonly kind?: 'server' | 'consumer' | 'internal';
  readonly attributes?: SpanAttributes;
  /** Default: now. Give it for work that started in the past. */
  readonly startedAt?: Date;
}

/** One timed piece of work in a trace. */
export interface Span {
  /**
   * The parent for spans of the same work, in this process or another. Absent when tracing is off.
   * @see https://www.w3.org/TR/trace-context/#traceparent-header
   */
  readonly traceparent?: string;
  set(attributes: SpanAttributes): void;
  event(name: string, attributes: SpanAttributes): void;
  /** Marks the span as failed. */
  fail(reason: string): void;
  end(at?: Date): void;
}

/** Starts spans. Names and attributes must not contain inputs. */
export interface Tracer {
  start(name: string, options?: SpanOptions): Span;
}

const noSpan: Span = Object.freeze({
  set: () => undefined,
  event: () => undefined,
  fail: () => undefined,
  end: () => undefined,
});

/** Traces nothing. */
export const noTracer: Tracer = Object.freeze({ start: () => noSpan });
