import type { SpanOptions, Tracer } from '../ports/telemetry.ts';

/** `work` as a span of its own: part of `options.parent`, and failed where `work` fails. */
export async function withSpan<T>(
  tracer: Tracer,
  name: string,
  options: SpanOptions,
  work: () => Promise<T>,
): Promise<T> {
  const span = tracer.start(name, options);
  try {
    return await work();
  } catch (error) {
    span.fail(error instanceof Error ? error.name : typeof error);
    throw error;
  } finally {
    span.end();
  }
}
