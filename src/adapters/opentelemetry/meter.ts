import type { Attributes, Observable, Meter as OtelMeter } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { type MetricName, type MetricOf, metrics } from '../../ports/metrics.ts';
import type { Meter } from '../../ports/telemetry.ts';

export interface PrometheusMeter extends Meter {
  /** All measures, in Prometheus' text format. */
  exposition(): Promise<string>;
}

/**
 * Measures by OpenTelemetry's SDK, read as Prometheus reads them. A counter is a number that the SDK reads when somebody
 * looks: adding through the SDK costs ten times as much, for it looks its labels up each time.
 */
export function createMeter(): PrometheusMeter {
  const reader = new PulledReader();
  const otel = new MeterProvider({ readers: [reader] }).getMeter('innerloop');
  // Neither scope nor target: labels that are the same everywhere only make lines longer.
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  const observed = once((name: MetricOf<'gauge' | 'counter'>) => observable(otel, name));
  const histogram = once((name: MetricOf<'histogram'>) => {
    const { help, bounds } = metrics[name];
    return otel.createHistogram(name, {
      description: help,
      advice: { explicitBucketBoundaries: [...bounds] },
    });
  });

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
    histogram(name, labels) {
      const attributes: Attributes = Object.freeze({ ...labels });
      const instrument = histogram(name);
      return { record: (value) => instrument.record(value, attributes) };
    },
    observe(name, labels, read) {
      const attributes: Attributes = Object.freeze({ ...labels });
      observed(name).addCallback(async (result) => {
        const value = await Promise.resolve(read()).catch(() => null);
        if (value !== null) result.observe(value, attributes);
      });
    },
    async exposition() {
      const { resourceMetrics } = await reader.collect();
      return serializer.serialize(resourceMetrics);
    },
  };
}

function observable(otel: OtelMeter, name: MetricOf<'gauge' | 'counter'>): Observable {
  const { kind, help } = metrics[name];
  const options = { description: help };
  return kind === 'counter'
    ? otel.createObservableCounter(name, options)
    : otel.createObservableGauge(name, options);
}

/** One instrument for each metric, whatever the labels. */
function once<Name extends MetricName, T>(make: (name: Name) => T): (name: Name) => T {
  const made = new Map<Name, T>();
  return (name) => {
    const instrument = made.get(name) ?? make(name);
    made.set(name, instrument);
    return instrument;
  };
}

/** Sends nothing anywhere: it is asked. */
class PulledReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
