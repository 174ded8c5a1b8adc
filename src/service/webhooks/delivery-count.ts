import type { Meter } from '../../ports/telemetry.ts';

/** Counts attempts to send messages, and dropped messages, by their result. */
export type CountDelivery = (result: string) => void;

export function createDeliveryCount(meter: Meter): CountDelivery {
  const results = ['succeeded', 'retried', 'failed', 'dropped'];
  const counters = new Map(
    results.map((result) => [result, meter.counter('innerloop_webhook_deliveries_total', { result })]),
  );
  return (result) => counters.get(result)?.add(1);
}
