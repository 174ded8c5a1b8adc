import type { Adaptation } from '../../domain/adaptation.ts';
import type { Span, Tracer } from '../../ports/telemetry.ts';

/** Of one run, a span keeps so many: beyond that, steps are alike. */
const MAX_STEPS_TOLD = 100;

/** The run of an adaptation as a span, in the trace of the request that brought it, and its time in the queue as another. */
export interface RunTrace {
  readonly span: Span;
  onStep(step: number, loss: number): void;
}

export function traceRun(tracer: Tracer, adaptation: Adaptation, startedAt: string): RunTrace {
  const { tenant, task, id, model, attempts, createdAt } = adaptation;
  const parent = adaptation.origin?.traceparent;
  const began = new Date(startedAt);
  tracer.start('queued', { parent, startedAt: new Date(createdAt) }).end(began);
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
      if (step <= MAX_STEPS_TOLD) span.event('step', { step, loss });
    },
  };
}
