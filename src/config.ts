import { type Static, Type } from 'typebox';
import { limits } from './config/limits.ts';
import { executionProviders } from './execution-providers.ts';

const MiB = 1024 * 1024;
const PROVIDERS = Object.keys(executionProviders);
/** Waits in seconds before a webhook message is sent again. */
const WEBHOOK_RETRIES = '5,300,1800,7200,18000,36000,50400,72000,86400';
const REDIS_URL = '^(rediss?://.+)?$';

/**
 * Every setting, by the name of its environment variable: type, default and description. Messages do not repeat the value of one
 * that is secret: a key, or a URL, which may contain a password or a token.
 */
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
      'Folder that contains one folder per encoder. The service never writes to it. The service also reads `DATA_DIR/encoders`, where `innerloop encoders get` places encoders, and where the first start of a checkout builds those that are missing.',
  }),
  IMPORT_MAX_BYTES: Type.Integer({
    minimum: MiB,
    default: 1024 * MiB,
    description:
      'Maximum bytes of a model that `innerloop import` reads, and of the weights of its encoder. They are counted before memory is allocated.',
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
    isSecret: true,
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
    description:
      'Maximum bytes of adapted states in memory. Predictions with a state in memory read no cache.',
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
    description: `Execution providers of ONNX Runtime, comma-separated in order of preference: ${PROVIDERS.map((name) => `\`${name}\``).join(', ')}. The first one that works is used. If none works, the start is refused.`,
  }),
  REDIS_URL: Type.String({
    default: '',
    pattern: REDIS_URL,
    isSecret: true,
    description:
      'Redis for tasks, support sets and adaptations, e.g. `redis://:password@host:6379/0`. Empty: everything is kept in DATA_DIR. The start is refused if this Redis refuses the credentials, the database or a needed command.',
  }),
  QUEUE_REDIS_URL: Type.String({
    default: '',
    pattern: REDIS_URL,
    isSecret: true,
    description: 'Redis for the queue. Empty: REDIS_URL.',
  }),
  CACHE_REDIS_URL: Type.String({
    default: '',
    pattern: REDIS_URL,
    isSecret: true,
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
      'With REDIS_URL: when a worker process is silent for this many milliseconds, another one takes its adaptations. If the time is short, work moves sooner from a dead process, but also from one that loses its connection for a moment.',
  }),
  STATE_TTL_SECONDS: Type.Integer({
    minimum: 1,
    default: 86_400,
    description: 'With REDIS_URL: how long an adapted state is kept after its last use.',
  }),
  ...limits,
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
  WEBHOOK_KEY: Type.String({
    default: '',
    pattern: '^([A-Za-z0-9+/]{43}=)?$',
    isSecret: true,
    description:
      'Key that encrypts the secrets of webhooks: 32 random bytes as base64 (`openssl rand -base64 32`), the same in all processes with the role `api` or `all`. Empty, without REDIS_URL: a key is created in `DATA_DIR/webhooks.key`. Empty, with REDIS_URL: no webhook can be created.',
  }),
  WEBHOOK_NETWORKS: Type.String({
    default: '',
    description:
      'Networks to which webhooks may be sent, beside the public internet: comma-separated, e.g. `10.1.0.0/16`, or `127.0.0.0/8` for development. There, `http` is allowed, too. Every tenant can then make this service send requests to these networks. Empty: only `https` URLs on the public internet.',
  }),
  WEBHOOK_RETRY_SECONDS: Type.String({
    default: WEBHOOK_RETRIES,
    description:
      'Seconds before each further attempt to send a message to a webhook, comma-separated. Up to a fifth is added at random. When the last attempt fails, the webhook is disabled.',
  }),
  WEBHOOK_MAX_WAITING: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    default: 1000,
    description: 'Maximum number of messages to one webhook that wait. Beyond it, new ones are dropped.',
  }),
  SHUTDOWN_MS: Type.Integer({
    minimum: 100,
    default: 8000,
    description: 'Maximum time to shut down after SIGTERM. Then the process ends in any case.',
  }),
});
export type Config = Static<typeof Config>;
