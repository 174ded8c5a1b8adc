import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { lists, redisUrlProblem } from './config/value-checks.ts';
import { InnerloopError } from './errors.ts';
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
    description: 'Port to listen on; 0 takes a free one.',
  }),
  HOST: Type.String({
    default: '127.0.0.1',
    description:
      'Address to listen on. Callers need a key, except on a loopback address where no key has been created yet.',
  }),
  DATA_DIR: Type.String({
    minLength: 1,
    default: './data',
    description: 'Folder for tasks, support sets, adaptations and adapted states.',
  }),
  MODELS_DIR: Type.String({
    minLength: 1,
    default: './models',
    description: 'Folder with one package per folder.',
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
    description: 'Address of METRICS_PORT. Choose one that Prometheus reaches and callers do not.',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.String({
    default: '',
    pattern: '^(https?://.+)?$',
    description: 'Collector of traces (OTLP over HTTP), e.g. `http://collector:4318`. Empty: no traces.',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Lowest level that is logged.',
  }),
  LOG_FORMAT: Type.Enum(['auto', 'json', 'pretty'], {
    default: 'auto',
    description: 'Format of log lines. `auto`: `pretty`, for people, in a terminal, and `json` otherwise.',
  }),
  STATE_CACHE_BYTES: Type.Integer({
    minimum: MiB,
    default: 1024 * MiB,
    description:
      'Bytes of adapted states kept on disk. When it is full, the least recently used ones are removed, and computed again when needed.',
  }),
  MEMORY_CACHE_BYTES: Type.Integer({
    minimum: MiB,
    default: 256 * MiB,
    description: 'Bytes of adapted states kept in memory, ready to predict.',
  }),
  ADAPT_THREADS: Type.Integer({
    minimum: 1,
    maximum: 256,
    default: 1,
    description: 'Adaptations that run at the same time in one process, each in a thread.',
  }),
  PREDICT_THREADS: Type.Integer({
    minimum: 1,
    maximum: 256,
    default: 1,
    description: 'Threads for predictions.',
  }),
  EXECUTION_PROVIDERS: Type.String({
    default: 'cpu',
    pattern: '[^,\\s]',
    description: `Execution providers of ONNX Runtime, comma-separated in order of preference: ${PROVIDERS.map((name) => `\`${name}\``).join(', ')}. They are tried at the start until one works. If none works and \`cpu\` is not listed, the start is refused.`,
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
      'Redis for adapted states, which may be lost; give it a `maxmemory` and `allkeys-lru`. Empty: REDIS_URL.',
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
      'With REDIS_URL: when a worker process is silent for so long, another one takes its adaptations. A short time replaces a dead process sooner, but also one that has only lost its connection for a moment.',
  }),
  STATE_TTL_SECONDS: Type.Integer({
    minimum: 1,
    default: 86_400,
    description: 'How long Redis keeps an adapted state after its last use.',
  }),
  MAX_QUEUED: Type.Integer({
    minimum: 1,
    default: 1000,
    description: 'Adaptations of one tenant that may wait or run. Further ones are refused with 429.',
  }),
  MAX_TASKS: Type.Integer({ minimum: 1, default: 100_000, description: 'Most tasks of one tenant.' }),
  MAX_STORED_EXAMPLES: Type.Integer({
    minimum: 1,
    default: 10_000_000,
    description: 'Most examples in all support sets of one tenant.',
  }),
  MAX_STORED_BYTES: Type.Integer({
    minimum: MiB,
    default: 10 * 1024 * MiB,
    description:
      'Most bytes of one tenant: its support sets, and its adaptation records, metadata and idempotency keys as JSON.',
  }),
  MAX_BODY_BYTES: Type.Integer({
    minimum: 1024,
    maximum: 512 * MiB,
    default: 32 * MiB,
    description: 'Largest request body that is not a form. A compressed body counts as decompressed.',
  }),
  MAX_FORM_BYTES: Type.Integer({
    minimum: 1024,
    default: 256 * MiB,
    description:
      'Largest form: all its parts together. It is read and decoded part by part, so it may be larger than the memory it takes.',
  }),
  MAX_FILE_BYTES: Type.Integer({
    minimum: 1024,
    maximum: 512 * MiB,
    default: 20 * MiB,
    description:
      'Largest file in a form. A form counts as three of these under MAX_BODIES_BYTES, or as its length.',
  }),
  MAX_FILES: Type.Integer({ minimum: 1, default: 1024, description: 'Files in one form.' }),
  MAX_ARRIVAL_MS: Type.Integer({
    minimum: 1000,
    default: 30_000,
    description:
      'Time for a request to arrive in full, before it is refused with 408. A form of 100 MB needs 27 Mbit/s to arrive in 30 s.',
  }),
  MAX_BODIES_BYTES: Type.Integer({
    minimum: 1024,
    default: 256 * MiB,
    description:
      'Most bytes of the bodies of all requests in progress in one process; a tenant with keys may use a quarter. Further requests are refused with 503. Decoded bodies take several times as much memory.',
  }),
  MAX_CONNECTIONS: Type.Integer({
    minimum: 0,
    default: 0,
    description:
      'Most open connections of one process; further ones are closed at once. 0 (and any number that is too large): about three quarters of the file descriptors that are free under `ulimit -n`.',
  }),
  MAX_JPEG_PIXELS: Type.Integer({
    minimum: 1,
    default: 64 * MiB,
    description:
      'Pixels (width × height) of one JPEG that is not progressive, such as cameras write: it is shrunk while it is decoded.',
  }),
  MAX_PICTURE_PIXELS: Type.Integer({
    minimum: 1,
    default: 16 * MiB,
    description: 'Pixels of any other picture: PNG, WebP and progressive JPEG.',
  }),
  MAX_REQUEST_PIXELS: Type.Integer({
    minimum: 1,
    default: 128 * MiB,
    description:
      'Pixels of all pictures of one request together. Those of a large JPEG that is shrunk count an eighth.',
  }),
  MAX_PREDICTIONS: Type.Integer({
    minimum: 1,
    default: 512,
    description:
      'Most predictions in progress in one process; a tenant with keys may use a quarter. Further ones are refused with 503. One core answers the default in about a tenth of a second.',
  }),
  RATE_LIMIT: Type.Integer({
    minimum: 0,
    default: 6000,
    description:
      'Most requests of one tenant in a minute; 0 for no limit. Requests without a key are not counted.',
  }),
  TRUST_PROXY: Type.String({
    default: '',
    description:
      'Proxies whose `X-Forwarded-…` headers are believed (for the address of a caller, and the path under which the API is offered), comma-separated: addresses, networks such as `10.0.0.0/8`, or `loopback`, `linklocal`, `uniquelocal`. Behind other proxies, all callers have the address of the proxy and share the limits of one address.',
  }),
  CORS_ORIGINS: Type.String({
    default: '',
    description:
      'Origins whose web pages may call the API, comma-separated, e.g. `https://app.example.org`. Empty: none.',
  }),
  SHUTDOWN_MS: Type.Integer({
    minimum: 100,
    default: 8000,
    description: 'Time to finish after SIGTERM. After it the process ends in any case.',
  }),
});
export type Config = Static<typeof Config>;
type Setting = TSchema & { readonly type?: string; readonly default?: unknown };

/** The items of a setting that is a list. */
export function itemsOf(setting: string): readonly string[] {
  return setting
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** What a value must be. The library's message for an enum does not list the choices. */
function wordsOf({ keyword, message, params }: ReturnType<typeof Value.Errors>[number]): string {
  if (keyword !== 'enum') return message;
  return `must be one of ${(params as { allowedValues: unknown[] }).allowedValues.join(', ')}`;
}

/**
 * The settings in `environment`. An empty variable counts as absent; unknown ones are ignored.
 * @throws InnerloopError `invalid_config` that lists all problems
 */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const config: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, schema] of Object.entries<Setting>(Config.properties)) {
    const text = environment[name] || undefined;
    const isNumber = schema.type === 'integer';
    const value =
      text === undefined ? schema.default : isNumber && /^-?\d+$/.test(text) ? Number(text) : text;
    const [error] = Value.Errors(schema, value);
    // A URL may hold a password.
    const got = name.endsWith('_URL') ? 'another text' : JSON.stringify(text);
    if (error) problems.push(`${name} ${wordsOf(error)}, got ${got}`);
    config[name] = value;
  }
  for (const [name, { expected, isItem }] of Object.entries(lists)) {
    const wrong = itemsOf(String(config[name])).find((item) => !isItem(item));
    if (wrong !== undefined) problems.push(`${name} must be ${expected}, got ${JSON.stringify(wrong)}`);
  }
  for (const name of ['REDIS_URL', 'QUEUE_REDIS_URL', 'CACHE_REDIS_URL']) {
    const wrong = redisUrlProblem(String(config[name]));
    if (wrong !== null) problems.push(`${name} ${wrong}`);
  }
  for (const name of ['QUEUE_REDIS_URL', 'CACHE_REDIS_URL']) {
    if (config[name] !== '' && config.REDIS_URL === '') problems.push(`${name} needs REDIS_URL`);
  }
  if (config.ROLE !== 'all' && config.REDIS_URL === '') {
    problems.push(`ROLE must be all without REDIS_URL, got ${JSON.stringify(config.ROLE)}`);
  }
  if (problems.length > 0) throw new InnerloopError('invalid_config', problems.join('\n'));
  return Object.freeze(Value.Parse(Config, config));
}
