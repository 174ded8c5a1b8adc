import { type Static, Type } from 'typebox';
import { executionProviders } from './execution-providers.ts';

const MiB = 1024 * 1024;
const PROVIDERS = Object.keys(executionProviders);
const REDIS_URL = '^(rediss?://.+)?$';

/** Every setting, by the name of its environment variable: type, default and description. */
export const Config = Type.Object({
  PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 3000,
    description: 'Port to listen on. 0: any free port.',
  }),
  HOST: Type.String({
    default: '127.0.0.1',
    description:
      'Address to listen on. Callers need a key, except on a loopback address while no key has ever been created.',
  }),
  DATA_DIR: Type.String({
    minLength: 1,
    default: './data',
    description: 'Folder for tasks, support sets, adaptations, adapted states and downloaded encoders.',
  }),
  MODELS_DIR: Type.String({
    minLength: 1,
    default: './models',
    description: 'Folder that contains one folder per package.',
  }),
  ENCODERS_DIR: Type.String({
    minLength: 1,
    default: './encoders',
    description:
      'Folder that contains one folder per encoder; it is only read. The service also reads `DATA_DIR/encoders`, where `innerloop encoders get` places encoders, and where the first start of a checkout builds those that are missing.',
  }),
  IMPORT_MAX_BYTES: Type.Integer({
    minimum: MiB,
    default: 1024 * MiB,
    description:
      'Maximum bytes of a model that `innerloop import` reads, and of the weights that it makes of it. They are counted before they are allocated.',
  }),
  METRICS_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 0,
    description:
      'Port of `GET /metrics`, which Prometheus reads without a key. 0: `/metrics` is at PORT, and only if HOST is a loopback address.',
  }),
  METRICS_HOST: Type.String({
    default: '127.0.0.1',
    description: 'Address of METRICS_PORT. Choose an address that Prometheus can reach and callers cannot.',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.String({
    default: '',
    pattern: '^(https?://.+)?$',
    description:
      'URL of the collector for traces (OTLP over HTTP), e.g. `http://collector:4318`. Empty: no traces.',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Lowest level that is logged.',
  }),
  LOG_FORMAT: Type.Enum(['auto', 'json', 'pretty'], {
    default: 'auto',
    description:
      'Format of log lines. `pretty`: readable text. `auto`: `pretty` in a terminal, `json` otherwise.',
  }),
  STATE_CACHE_BYTES: Type.Integer({
    minimum: MiB,
    default: 1024 * MiB,
    description:
      'Maximum bytes of adapted states on disk. Beyond it, the least recently used states are removed; they are computed again when needed.',
  }),
  MEMORY_CACHE_BYTES: Type.Integer({
    minimum: MiB,
    default: 256 * MiB,
    description: 'Maximum bytes of adapted states in memory. Predictions with them need no cache.',
  }),
  ADAPT_THREADS: Type.Integer({
    minimum: 1,
    maximum: 256,
    default: 1,
    description: 'Threads for adaptations in one process. Each runs one adaptation at a time.',
  }),
  PREDICT_THREADS: Type.Integer({
    minimum: 1,
    maximum: 256,
    default: 1,
    description: 'Threads for predictions in one process.',
  }),
  DECODE_THREADS: Type.Integer({
    minimum: 0,
    maximum: 256,
    default: 0,
    description:
      'Threads that decode pictures, sounds and texts in one process. 0: one per core, from 2 to 8.',
  }),
  EXECUTION_PROVIDERS: Type.String({
    default: 'cpu',
    pattern: '[^,\\s]',
    description: `Execution providers of ONNX Runtime, comma-separated in order of preference: ${PROVIDERS.map((name) => `\`${name}\``).join(', ')}. At the start, the first one that works is chosen. If one does not work and \`cpu\` is not listed, the start is refused.`,
  }),
  REDIS_URL: Type.String({
    default: '',
    pattern: REDIS_URL,
    description:
      'Redis for tasks, support sets and adaptations, e.g. `redis://:password@host:6379/0`. Empty: everything is kept in DATA_DIR. The start is refused if this Redis refuses the credentials, the database or a needed command.',
  }),
  QUEUE_REDIS_URL: Type.String({
    default: '',
    pattern: REDIS_URL,
    description: 'Redis for the queue. Empty: REDIS_URL.',
  }),
  CACHE_REDIS_URL: Type.String({
    default: '',
    pattern: REDIS_URL,
    description:
      'Redis for adapted states. They may be lost, so set its `maxmemory`, and `maxmemory-policy` to `allkeys-lru`. Empty: REDIS_URL.',
  }),
  ROLE: Type.Enum(['all', 'api', 'worker'], {
    default: 'all',
    description:
      'With REDIS_URL: this process answers requests (`api`), runs adaptations (`worker`), or both (`all`).',
  }),
  QUEUE_LOCK_MS: Type.Integer({
    minimum: 500,
    default: 30_000,
    description:
      'With REDIS_URL: when a worker process is silent for this many milliseconds, another one takes its adaptations. A short time replaces a dead process sooner, but also replaces a process that has lost its connection for a moment.',
  }),
  STATE_TTL_SECONDS: Type.Integer({
    minimum: 1,
    default: 86_400,
    description: 'With REDIS_URL: how long an adapted state is kept after its last use.',
  }),
  MAX_QUEUED: Type.Integer({
    minimum: 1,
    default: 1000,
    description:
      'Maximum number of adaptations of one tenant that wait or run. Beyond it, requests are refused with 429.',
  }),
  MAX_TASKS: Type.Integer({
    minimum: 1,
    default: 100_000,
    description: 'Maximum number of tasks of one tenant.',
  }),
  MAX_STORED_EXAMPLES: Type.Integer({
    minimum: 1,
    default: 10_000_000,
    description: 'Maximum number of examples in all support sets of one tenant.',
  }),
  MAX_STORED_BYTES: Type.Integer({
    minimum: MiB,
    default: 10 * 1024 * MiB,
    description:
      'Maximum bytes of one tenant: its support sets, and its adaptation records, metadata and idempotency keys as JSON.',
  }),
  MAX_BODY_BYTES: Type.Integer({
    minimum: 1024,
    maximum: 512 * MiB,
    default: 32 * MiB,
    description:
      'Maximum bytes of a request body that is not a form. A compressed body is counted after decompression.',
  }),
  MAX_FORM_BYTES: Type.Integer({
    minimum: 1024,
    default: 256 * MiB,
    description:
      'Maximum bytes of a form with all its parts. A form is read and decoded part by part, so it may be larger than the memory that it needs.',
  }),
  MAX_FILE_BYTES: Type.Integer({
    minimum: 1024,
    maximum: 512 * MiB,
    default: 20 * MiB,
    description:
      'Maximum bytes of a file in a form. Under MAX_BODIES_BYTES a form counts as three such files, or as its own length if that is smaller.',
  }),
  MAX_FILES: Type.Integer({ minimum: 1, default: 1024, description: 'Maximum number of files in one form.' }),
  MAX_ARRIVAL_MS: Type.Integer({
    minimum: 1000,
    default: 120_000,
    description:
      'Maximum time for a whole request to arrive; its headers must arrive within 30 s. Later, it is refused with 408. A form of 100 MB needs 7 Mbit/s to arrive in 2 minutes.',
  }),
  MAX_BODIES_BYTES: Type.Integer({
    minimum: 1024,
    default: 256 * MiB,
    description:
      'Maximum bytes of the bodies of all requests in progress in one process. A tenant with keys may use a quarter. Beyond it, requests are refused with 503. Decoded bodies take several times as much memory.',
  }),
  MAX_CONNECTIONS: Type.Integer({
    minimum: 0,
    default: 0,
    description:
      'Maximum number of open connections of one process. Further connections are closed at once. 0, or too large a number: about three quarters of the file descriptors that are free under `ulimit -n`.',
  }),
  MAX_JPEG_PIXELS: Type.Integer({
    minimum: 1,
    default: 64 * MiB,
    description:
      'Maximum pixels (width × height) of one JPEG that is not progressive. Cameras write such files, and they can be reduced while they are decoded.',
  }),
  MAX_PICTURE_PIXELS: Type.Integer({
    minimum: 1,
    default: 16 * MiB,
    description: 'Maximum pixels of one other picture: PNG, WebP or progressive JPEG.',
  }),
  MAX_AUDIO_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 600,
    default: 30,
    description: 'Maximum length of one sound.',
  }),
  MAX_TEXT_BYTES: Type.Integer({
    minimum: 1,
    default: 100_000,
    description: 'Maximum bytes of one text in UTF-8.',
  }),
  MAX_REQUEST_PIXELS: Type.Integer({
    minimum: 1,
    default: 128 * MiB,
    description:
      'Maximum pixels of all pictures of one request together. Pixels of a JPEG that is reduced while it is decoded count for less, down to an eighth.',
  }),
  MAX_PREDICTIONS: Type.Integer({
    minimum: 1,
    default: 512,
    description:
      'Maximum number of predictions in progress in one process. A tenant with keys may use a quarter. Beyond it, requests are refused with 503. One core answers the default number in about a tenth of a second.',
  }),
  RATE_LIMIT: Type.Integer({
    minimum: 0,
    default: 6000,
    description:
      'Maximum number of requests of one tenant per minute. 0: no limit. Requests without a key are not counted.',
  }),
  TRUST_PROXY: Type.String({
    default: '',
    description:
      'Proxies whose `X-Forwarded-…` headers are trusted (for the address of the caller and the path of the API), comma-separated: addresses, networks such as `10.0.0.0/8`, or `loopback`, `linklocal`, `uniquelocal`. Behind any other proxy, all callers have the address of the proxy and share the limits of that address.',
  }),
  CORS_ORIGINS: Type.String({
    default: '',
    description:
      'Origins whose web pages may call the API, comma-separated, e.g. `https://app.example.org`. Empty: none.',
  }),
  SHUTDOWN_MS: Type.Integer({
    minimum: 100,
    default: 8000,
    description: 'Maximum time to shut down after SIGTERM. Then the process ends in any case.',
  }),
});
export type Config = Static<typeof Config>;
