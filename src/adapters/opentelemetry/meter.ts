import type { Attributes, Observable, Meter as OtelMeter } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { type MetricName, type MetricOf, metrics } from '../../ports/metric-catalogue.ts';
import type { Meter } from '../../ports/telemetry.ts';
import { createHistograms } from './histograms.ts';

export interface PrometheusMeter extends Meter {
  /** All metrics in the Prometheus text format. */
  exposition(): Promise<string>;
}

/**
 * Metrics with the OpenTelemetry SDK, exposed for Prometheus. Counters and histograms are plain numbers that are read at each
 * scrape. Adding through the SDK would take ten times as long, because it looks up the labels each time.
 */
export function createMeter(): PrometheusMeter {
  const histograms = createHistograms();
  const reader = new PulledReader({ metricProducers: [histograms] });
  const otel = new MeterProvider({ readers: [reader] }).getMeter('innerloop');
  // Omits scope and target info, because those labels would be the same on every line.
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  const observed = once((name: MetricOf<'gauge' | 'counter'>) => observable(otel, name));

  return {
    counter(name, labels) {
      const attributes: Attributes = Object.freeze({ ...labels });
      let total = 0;
      observed(name).addCallback((result) => result.observe(total, attributes));
      return {
        add(amount) {
          total += amount;
        },
      };
    },
    histogram: (name, labels) => histograms.histogram({ name, ...metrics[name] }, labels),
    observe(name, labels, read) {
      const attributes: Attributes = Object.freeze({ ...labels });
      observed(name).addCallback(async (result) => {
        const value = await readOrNull(read);
        if (value !== null) result.observe(value, attributes);
      });
    },
    async exposition() {
      const { resourceMetrics } = await reader.collect();
      return serializer.serialize(resourceMetrics);
    },
  };
}

/** Null when `read` throws or rejects, so that the other metrics of the scrape are still read. */
async function readOrNull(read: () => number | null | Promise<number | null>): Promise<number | null> {
  try {
    return await read();
  } catch {
    return null;
  }
}

function observable(otel: OtelMeter, name: MetricOf<'gauge' | 'counter'>): Observable {
  const { kind, help } = metrics[name];
  const options = { description: help };
  return kind === 'counter'
    ? otel.createObservableCounter(name, options)
    : otel.createObservableGauge(name, options);
}

/** One instrument per metric, shared by all labels. */
function once<Name extends MetricName, T>(make: (name: Name) => T): (name: Name) => T {
  const made = new Map<Name, T>();
  return (name) => {
    const instrument = made.get(name) ?? make(name);
    made.set(name, instrument);
    return instrument;
  };
}

/** A reader without an export of its own: `exposition` collects on demand. */
class PulledReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
