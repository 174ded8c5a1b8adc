/** Bucket bounds of request times, in seconds. The longest requests wait for an adaptation. */
const REQUEST_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];
const ADAPTATION_SECONDS = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800,
];

interface Metric {
  /** Counters and histograms only grow. A gauge has the value at the time of the scrape. */
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Names of labels. A label must have few distinct values: never a tenant, a task or an id. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets. */
  readonly bounds?: readonly number[];
}

/** All metrics, by name. Dashboards and alerts use these names. */
export const metrics = {
  innerloop_info: {
    kind: 'gauge',
    help: 'Always 1; the labels describe this process',
    labels: ['role', 'version'],
  },
  innerloop_ready: {
    kind: 'gauge',
    help: '1 when /health/ready answers that requests can be served, else 0',
    labels: [],
  },

  innerloop_http_request_duration_seconds: {
    kind: 'histogram',
    help: 'Time of requests until the end of the response, by route pattern',
    labels: ['method', 'route', 'status'],
    bounds: REQUEST_SECONDS,
  },

  innerloop_adapt_jobs_total: {
    kind: 'counter',
    help: 'Adaptations that ended in this process; code is the error code of a failed one',
    labels: ['model', 'status', 'code'],
  },
  innerloop_adapt_duration_seconds: {
    kind: 'histogram',
    help: 'Time that adaptations were queued and running, for those that ended in this process',
    labels: ['model', 'phase'],
    bounds: ADAPTATION_SECONDS,
  },
  innerloop_tasks_drifting: {
    kind: 'gauge',
    help: 'Monitored tasks whose last check in this process found drift',
    labels: [],
  },
  innerloop_adapt_queue_depth: {
    kind: 'gauge',
    help: 'Adaptations queued or running, in all processes',
    labels: [],
  },

  innerloop_predict_duration_seconds: {
    kind: 'histogram',
    help: 'Time of predictions from decoded input to answer, by the tier of the state',
    labels: ['tier'],
    bounds: REQUEST_SECONDS,
  },
  innerloop_predict_batch_rows: {
    kind: 'histogram',
    help: 'Inputs in one batch',
    labels: [],
    bounds: [1, 2, 4, 8, 16, 32, 64],
  },

  innerloop_embed_run_seconds: {
    kind: 'histogram',
    help: 'Computing time of runs of an encoder; its count is the number of runs',
    labels: ['encoder'],
    bounds: REQUEST_SECONDS,
  },
  innerloop_embed_examples_total: {
    kind: 'counter',
    help: 'Inputs that an encoder has computed features of',
    labels: ['encoder'],
  },
  innerloop_embed_queue_depth: {
    kind: 'gauge',
    help: 'Inputs that wait for a run of their encoder; urgency is prediction or support',
    labels: ['urgency'],
  },

  innerloop_cache_requests_total: {
    kind: 'counter',
    help: 'Lookups of states by tier; result is hit, miss or error',
    labels: ['tier', 'result'],
  },
  innerloop_cache_resident_bytes: {
    kind: 'gauge',
    help: 'Bytes of states in this process',
    labels: ['tier'],
  },
  innerloop_cache_evictions_total: {
    kind: 'counter',
    help: 'States that were evicted to make room',
    labels: ['tier'],
  },
  innerloop_cache_age_at_eviction_seconds: {
    kind: 'histogram',
    help: 'Time since the last use of a state when it was evicted',
    labels: ['tier'],
    bounds: [1, 10, 60, 600, 3600, 21_600, 86_400, 604_800],
  },

  innerloop_webhook_deliveries_total: {
    kind: 'counter',
    help: 'Attempts to send a message to a webhook, and messages that were dropped; result is succeeded, retried, failed or dropped',
    labels: ['result'],
  },

  innerloop_redis_up: { kind: 'gauge', help: '1 when the Redis is connected, else 0', labels: ['purpose'] },
  innerloop_redis_used_bytes: {
    kind: 'gauge',
    help: 'Memory use as reported by the Redis',
    labels: ['purpose'],
  },
  innerloop_redis_max_bytes: {
    kind: 'gauge',
    help: 'The maxmemory setting of the Redis; 0 without a limit',
    labels: ['purpose'],
  },
  innerloop_redis_persistence_ok: {
    kind: 'gauge',
    help: '0 when the last snapshot failed, or the last write or rewrite of the append-only file; else 1 if there is such a file',
    labels: ['purpose'],
  },
  innerloop_redis_evicted_keys_total: {
    kind: 'counter',
    help: 'Keys that the Redis evicted',
    labels: ['purpose'],
  },

  process_start_time_seconds: {
    kind: 'gauge',
    help: 'Start time of the process, in seconds since 1970',
    labels: [],
  },
  process_cpu_seconds_total: {
    kind: 'counter',
    help: 'CPU time of the process, all cores together',
    labels: [],
  },
  process_resident_memory_bytes: { kind: 'gauge', help: 'Resident memory of the process', labels: [] },
  nodejs_heap_used_bytes: { kind: 'gauge', help: 'Memory used by JavaScript objects', labels: [] },
  nodejs_eventloop_delay_seconds: {
    kind: 'gauge',
    help: 'Delay of the event loop in the last complete window of ten seconds',
    labels: ['quantile'],
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

/** Names of all metrics of one kind. */
export type MetricOf<Kind extends Metric['kind']> = {
  [Name in MetricName]: (typeof metrics)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

/** A value for each label of a metric. */
export type LabelsOf<Name extends MetricName> = Readonly<
  Record<(typeof metrics)[Name]['labels'][number], string>
>;
