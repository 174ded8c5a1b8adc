import type { PredictionTimings } from '../../ports/program-runner.ts';
import type { Histogram, Meter } from '../../ports/telemetry.ts';

/** Measures predictions by where their states came from, of which there are `tiers`. */
export function createPredictionMeasures(meter: Meter, tiers: readonly string[]) {
  const durations = new Map<string, Histogram>(
    tiers.map((tier) => [tier, meter.histogram('innerloop_predict_duration_seconds', { tier })]),
  );
  const asked = (result: string) =>
    meter.counter('innerloop_cache_requests_total', { tier: 'memory', result });
  const [hits, misses] = [asked('hit'), asked('miss')];
  return ({ tier, cacheMs, queueMs, modelMs }: PredictionTimings): void => {
    (tier === 'memory' ? hits : misses).add(1);
    durations.get(tier)?.record((cacheMs + queueMs + modelMs) / 1000);
  };
}
