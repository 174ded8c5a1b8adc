import { type Adaptation, timingsOf } from '../../domain/adaptation.ts';
import type { Counter, Histogram, Meter, Span, SpanOptions, Tracer } from '../../ports/telemetry.ts';

/** Runs `work` inside a span. The span ends with the work, and is marked as failed when the work rejects. */
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

/** Step events per span. Later steps are left out, to bound the size of a span. */
const MAX_STEP_EVENTS = 100;

export interface RunTrace {
  readonly span: Span;
  onStep(step: number, loss: number): void;
}

/** Spans for the run of an adaptation and for its time in the queue, in the trace of the request that submitted it. */
export function traceRun(tracer: Tracer, adaptation: Adaptation, startedAt: string): RunTrace {
  const { tenant, task, id, model, attempts, createdAt } = adaptation;
  const parent = adaptation.origin?.traceparent;
  tracer.start('queued', { parent, startedAt: new Date(createdAt) }).end(new Date(startedAt));
  const attributes = {
    'innerloop.tenant': tenant,
    'innerloop.task': task,
    'innerloop.adaptation': id,
    'innerloop.model': model,
    'innerloop.attempts': attempts,
  };
  const span = tracer.start('run', { parent, kind: 'consumer', attributes });
  return {
    span,
    onStep(step, loss) {
      if (step <= MAX_STEP_EVENTS) span.event('step', { step, loss });
    },
  };
}

/** Records metrics of each adaptation that ends. Instruments are cached: there are few models. */
export function createAdaptationMetrics(meter: Meter): (adaptation: Adaptation) => void {
  const jobs = new Map<string, Counter>();
  const durations = new Map<string, Histogram>();

  function count(model: string, status: string, code: string): void {
    const key = `${model} ${status} ${code}`;
    const counter = jobs.get(key) ?? meter.counter('innerloop_adapt_jobs_total', { model, status, code });
    jobs.set(key, counter);
    counter.add(1);
  }

  function recordDuration(model: string, phase: string, ms: number | null): void {
    if (ms === null) return;
    const key = `${model} ${phase}`;
    const histogram =
      durations.get(key) ?? meter.histogram('innerloop_adapt_duration_seconds', { model, phase });
    durations.set(key, histogram);
    // Negative when the clocks of two machines differ.
    histogram.record(Math.max(0, ms) / 1000);
  }

  return (adaptation) => {
    const { model, status, error } = adaptation;
    const { queuedMs, runMs } = timingsOf(adaptation);
    count(model, status, error?.code ?? '');
    recordDuration(model, 'queued', queuedMs);
    recordDuration(model, 'running', runMs);
  };
}
