/** Time of requests, from answers out of memory to ones that wait for an adaptation, in seconds. */
const REQUEST_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];
const ADAPTATION_SECONDS = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800,
];

interface Metric {
  /** Counters and histograms only grow; a gauge is what it is when somebody looks. */
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Of few values each: never a tenant, a task or an id. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets. */
  readonly bounds?: readonly number[];
}

/** All that is measured, by the name under which it is read. */
export const metrics = {
  innerloop_info: { kind: 'gauge', help: '1, for what this process is', labels: ['role', 'version'] },
  innerloop_ready: {
    kind: 'gauge',
    help: 'Whether it could serve now, as /health/ready says: 1 or 0',
    labels: [],
  },

  innerloop_http_request_duration_seconds: {
    kind: 'histogram',
    help: 'Requests by the pattern of their route, to the end of the answer',
    labels: ['method', 'route', 'status'],
    bounds: REQUEST_SECONDS,
  },

  innerloop_adapt_jobs_total: {
    kind: 'counter',
    help: 'Adaptations that ended here; of those that failed, with the code of their error',
    labels: ['model', 'status', 'code'],
  },
  innerloop_adapt_duration_seconds: {
    kind: 'histogram',
    help: 'How long adaptations that ended here were queued, and then running',
    labels: ['model', 'phase'],
    bounds: ADAPTATION_SECONDS,
  },
  innerloop_adapt_queue_depth: {
    kind: 'gauge',
    help: 'Adaptations that wait or run, in all processes',
    labels: [],
  },

  innerloop_predict_duration_seconds: {
    kind: 'histogram',
    help: 'Predictions from decoded input to answer, by where the state came from',
    labels: ['tier'],
    bounds: REQUEST_SECONDS,
  },
  innerloop_predict_batch_rows: {
    kind: 'histogram',
    help: 'Inputs that were computed in one run',
    labels: [],
    bounds: [1, 2, 4, 8, 16, 32, 64],
  },

  innerloop_cache_requests_total: {
    kind: 'counter',
    help: 'States asked of a tier: hit, miss or error',
    labels: ['tier', 'result'],
  },
  innerloop_cache_resident_bytes: { kind: 'gauge', help: 'States kept in this process', labels: ['tier'] },
  innerloop_cache_evictions_total: {
    kind: 'counter',
    help: 'States that had to go to make room',
    labels: ['tier'],
  },
  innerloop_cache_age_at_eviction_seconds: {
    kind: 'histogram',
    help: 'How long a state that had to go had not been used',
    labels: ['tier'],
    bounds: [1, 10, 60, 600, 3600, 21_600, 86_400, 604_800],
  },

  innerloop_redis_up: { kind: 'gauge', help: 'Whether a Redis is connected: 1 or 0', labels: ['purpose'] },
  innerloop_redis_used_bytes: {
    kind: 'gauge',
    help: 'Memory that a Redis uses of its own counting',
    labels: ['purpose'],
  },
  innerloop_redis_max_bytes: {
    kind: 'gauge',
    help: 'The maxmemory of a Redis; 0 without one',
    labels: ['purpose'],
  },
  innerloop_redis_persistence_ok: {
    kind: 'gauge',
    help: 'Whether the append-only file could last be written and rewritten: 1 or 0',
    labels: ['purpose'],
  },
  innerloop_redis_evicted_keys_total: {
    kind: 'counter',
    help: 'Keys that a Redis had no room for',
    labels: ['purpose'],
  },

  process_start_time_seconds: { kind: 'gauge', help: 'When it started, since 1970', labels: [] },
  process_cpu_seconds_total: { kind: 'counter', help: 'Time of all cores together', labels: [] },
  process_resident_memory_bytes: { kind: 'gauge', help: 'Memory of the process', labels: [] },
  nodejs_heap_used_bytes: { kind: 'gauge', help: 'Memory of JavaScript objects', labels: [] },
  nodejs_eventloop_delay_seconds: {
    kind: 'gauge',
    help: 'How late the event loop was, in the last ten seconds that were over',
    labels: ['quantile'],
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

/** Names of the metrics of a kind. */
export type MetricOf<Kind extends Metric['kind']> = {
  [Name in MetricName]: (typeof metrics)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

/** A value for each label of a metric. */
export type LabelsOf<Name extends MetricName> = Readonly<
  Record<(typeof metrics)[Name]['labels'][number], string>
>;
