import type { PredictionTimings } from '../../ports/program-runner.ts';
import type { Histogram, Meter } from '../../ports/telemetry.ts';

/** Records the time of each prediction by the tier of its state, which is one of `tiers`. */
export function createPredictionMetrics(meter: Meter, tiers: readonly string[]) {
  const durations = new Map<string, Histogram>(
    tiers.map((tier) => [tier, meter.histogram('innerloop_predict_duration_seconds', { tier })]),
  );
  const counter = (result: string) =>
    meter.counter('innerloop_cache_requests_total', { tier: 'memory', result });
  const [hits, misses] = [counter('hit'), counter('miss')];
  return ({ tier, cacheMs, queueMs, modelMs }: PredictionTimings): void => {
    (tier === 'memory' ? hits : misses).add(1);
    durations.get(tier)?.record((cacheMs + queueMs + modelMs) / 1000);
  };
}
