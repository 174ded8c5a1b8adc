import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from 'vitest';
import { createMeter } from '../../../src/adapters/opentelemetry/meter.ts';
import { metrics } from '../../../src/ports/metric-catalogue.ts';

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

describe('the meter', () => {
  it('counts from zero under its name and labels', async () => {
    const meter = createMeter();
    const hits = meter.counter('innerloop_cache_requests_total', { tier: 'memory', result: 'hit' });
    meter.counter('innerloop_cache_requests_total', { tier: 'memory', result: 'miss' });
    hits.add(2);
    hits.add(1);
    const text = await meter.exposition();
    expect(text).toContain('# TYPE innerloop_cache_requests_total counter');
    expect(text).toMatch(/^innerloop_cache_requests_total\{tier="memory",result="hit"\} 3$/m);
    expect(text).toMatch(/^innerloop_cache_requests_total\{tier="memory",result="miss"\} 0$/m);
  });

  it('sorts values into the buckets of their metric', async () => {
    const meter = createMeter();
    const rows = meter.histogram('innerloop_predict_batch_rows', {});
    for (const value of [1, 3, 64, 65]) rows.record(value);
    const lines = (await meter.exposition()).split('\n');
    const bucket = (le: string) =>
      lines.find((line) => line.startsWith(`innerloop_predict_batch_rows_bucket{le="${le}"}`));
    expect(
      [bucket('1'), bucket('4'), bucket('64'), bucket('+Inf')].map((line) => line?.split(' ')[1]),
    ).toEqual(['1', '2', '3', '4']);
    expect(lines).toContain('innerloop_predict_batch_rows_sum 133');
  });

  it('writes histograms as the SDK does', async () => {
    const meter = createMeter();
    const { help, bounds } = metrics.innerloop_predict_duration_seconds;
    const reader = new Reader();
    const sdk = new MeterProvider({ readers: [reader] })
      .getMeter('innerloop')
      .createHistogram('innerloop_predict_duration_seconds', {
        description: help,
        advice: { explicitBucketBoundaries: [...bounds] },
      });
    for (const tier of ['memory', 'disk', 'memory'])
      for (const value of [0, 0.0005, 0.00051, 7, 1e9, -1, Number.NaN]) {
        meter.histogram('innerloop_predict_duration_seconds', { tier }).record(value);
        sdk.record(value, { tier });
      }
    meter.histogram('innerloop_predict_duration_seconds', { tier: 'unused' });
    const { resourceMetrics } = await reader.collect();
    const expected = new PrometheusSerializer('', false, undefined, true, true).serialize(resourceMetrics);
    expect(expected).toContain('innerloop_predict_duration_seconds_bucket{tier="disk",le="0.001"} 3');
    expect(await meter.exposition()).toBe(expected);
  });

  it('reads values at each scrape, and leaves out those that throw, reject or are null', async () => {
    const meter = createMeter();
    let depth = 1;
    meter.observe('innerloop_adapt_queue_depth', {}, async () => depth);
    meter.observe('innerloop_ready', {}, () => Promise.reject(new Error('away')));
    meter.observe('innerloop_redis_up', { purpose: 'store' }, () => null);
    meter.observe('process_resident_memory_bytes', {}, () => {
      throw new Error('EMFILE');
    });
    expect(await meter.exposition()).toMatch(/^innerloop_adapt_queue_depth 1$/m);
    depth = 2;
    const text = await meter.exposition();
    expect(text).toMatch(/^innerloop_adapt_queue_depth 2$/m);
    expect(text).not.toMatch(/^(innerloop_(ready|redis_up)|process_resident)/m);
  });

  it('has no values of another meter', async () => {
    const [one, other] = [createMeter(), createMeter()];
    one.counter('innerloop_cache_evictions_total', { tier: 'memory' }).add(1);
    expect(await other.exposition()).not.toContain('innerloop_cache_evictions_total{');
  });
});
