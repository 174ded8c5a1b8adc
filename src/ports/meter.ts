import type { LabelsOf, MetricOf } from './metrics.ts';

export interface Counter {
  add(amount: number): void;
}

export interface Histogram {
  record(value: number): void;
}

/**
 * Takes measures, of what `metrics.ts` lists. A measure is bound to its labels once, in one place, and then costs a request
 * a microsecond or two.
 */
export interface Meter {
  counter<Name extends MetricOf<'counter'>>(name: Name, labels: LabelsOf<Name>): Counter;
  histogram<Name extends MetricOf<'histogram'>>(name: Name, labels: LabelsOf<Name>): Histogram;
  /** `read` is asked when somebody looks. Where it rejects, or answers null, there is no value then. */
  observe<Name extends MetricOf<'gauge' | 'counter'>>(
    name: Name,
    labels: LabelsOf<Name>,
    read: () => number | null | Promise<number | null>,
  ): void;
}

/** Measures nothing. */
export const noMeter: Meter = Object.freeze({
  counter: () => ({ add: () => undefined }),
  histogram: () => ({ record: () => undefined }),
  observe: () => undefined,
});
