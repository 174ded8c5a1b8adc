import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api';
import { hrTime } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  type HistogramMetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { Histogram } from '../../ports/telemetry.ts';

interface Description {
  readonly name: string;
  readonly help: string;
  /** Upper bounds of the buckets, ascending. There is one more bucket, for larger values. */
  readonly bounds: readonly number[];
}

/** The values under one set of labels. */
interface Series {
  readonly attributes: Attributes;
  readonly counts: number[];
  sum: number;
  count: number;
}

interface Family extends Description {
  /** By labels as JSON. */
  readonly series: Map<string, Series>;
}

export interface Histograms extends MetricProducer {
  /** The histogram with these labels. All calls with equal labels answer the same one. */
  histogram(description: Description, labels: Readonly<Record<string, string>>): Histogram;
}

/** Histograms as plain numbers that the reader collects. The SDK would look up the labels of each value, which takes longer. */
export function createHistograms(): Histograms {
  const startTime = hrTime();
  const families = new Map<string, Family>();
  return {
    histogram(description, labels) {
      const { name, bounds } = description;
      const family = families.get(name) ?? { ...description, series: new Map() };
      families.set(name, family);
      const key = JSON.stringify(labels);
      const series = family.series.get(key) ?? newSeries(labels, bounds);
      family.series.set(key, series);
      return { record: (value) => add(series, bounds, value) };
    },
    async collect() {
      const metrics = [...families.values()]
        .map((family) => dataOf(family, startTime))
        .filter(({ dataPoints }) => dataPoints.length > 0);
      const scopeMetrics = [{ scope: { name: 'innerloop' }, metrics }];
      return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] };
    },
  };
}

function newSeries(labels: Readonly<Record<string, string>>, bounds: readonly number[]): Series {
  return {
    attributes: Object.freeze({ ...labels }),
    counts: Array.from({ length: bounds.length + 1 }, () => 0),
    sum: 0,
    count: 0,
  };
}

function add(series: Series, bounds: readonly number[], value: number): void {
  // As in the SDK: such values are not counted.
  if (!(value >= 0)) return;
  let bucket = 0;
  while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1;
  series.counts[bucket] = (series.counts[bucket] as number) + 1;
  series.sum += value;
  series.count += 1;
}

/** A series without values is left out. */
function dataOf({ name, help, bounds, series }: Family, startTime: HrTime): HistogramMetricData {
  const endTime = hrTime();
  const used = [...series.values()].filter(({ count }) => count > 0);
  return {
    descriptor: { name, description: help, unit: '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: used.map(({ attributes, counts, sum, count }) => ({
      ...{ startTime, endTime, attributes },
      value: { buckets: { boundaries: [...bounds], counts: [...counts] }, sum, count },
    })),
  };
}
