import type { Adaptation } from '../../domain/adaptation.ts';
import { timingsOf } from '../../domain/adaptation.ts';
import type { Counter, Histogram, Meter } from '../../ports/telemetry.ts';

/** Measures adaptations as they end. Of packages there are few, so what is bound once is kept. */
export function createAdaptationMeasures(meter: Meter) {
  const jobs = new Map<string, Counter>();
  const durations = new Map<string, Histogram>();

  function count(model: string, status: string, code: string): void {
    const key = `${model} ${status} ${code}`;
    const counter = jobs.get(key) ?? meter.counter('innerloop_adapt_jobs_total', { model, status, code });
    jobs.set(key, counter);
    counter.add(1);
  }

  function time(model: string, phase: string, ms: number | null): void {
    if (ms === null) return;
    const key = `${model} ${phase}`;
    const histogram =
      durations.get(key) ?? meter.histogram('innerloop_adapt_duration_seconds', { model, phase });
    durations.set(key, histogram);
    // Clocks of two machines can differ by more than it waited.
    histogram.record(Math.max(0, ms) / 1000);
  }

  return (adaptation: Adaptation): void => {
    const { model, status, error } = adaptation;
    const { queuedMs, runMs } = timingsOf(adaptation);
    count(model, status, error?.code ?? '');
    time(model, 'queued', queuedMs);
    time(model, 'running', runMs);
  };
}
