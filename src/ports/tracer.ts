export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  /** `traceparent` of the span it is part of; a new trace begins without, and where it is not one. */
  readonly parent?: string | undefined;
  /** What it stands for: a request that is answered, work that others have asked for, or a part of either. */
  readonly kind?: 'server' | 'consumer' | 'internal';
  readonly attributes?: SpanAttributes;
  /** When it began, of one that is told of afterwards; now without. */
  readonly startedAt?: Date;
}

/** A piece of work in a trace, until it ends. */
export interface Span {
  /**
   * Names it to whoever goes on with its work, in this process or another; absent where nothing is traced.
   * @see https://www.w3.org/TR/trace-context/#traceparent-header
   */
  readonly traceparent?: string;
  set(attributes: SpanAttributes): void;
  event(name: string, attributes: SpanAttributes): void;
  /** It did not do what it was to do. */
  fail(reason: string): void;
  end(at?: Date): void;
}

/** Tells what work was part of what other work, and how long each took. Names and attributes hold no inputs. */
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
