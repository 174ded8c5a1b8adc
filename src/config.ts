import { isIP } from 'node:net';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { InnerloopError } from './errors.ts';
import { executionProviders, isExecutionProvider } from './execution-providers.ts';

const MiB = 1024 * 1024;
const PROVIDERS = Object.keys(executionProviders);
const REDIS_URL = '^(rediss?://.+)?$';

/** Every setting, by the name of its environment variable. This is the one declaration: type, default and help. */
export const Config = Type.Object({
  PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 3000,
    description: 'Port; 0 takes a free one.',
  }),
  HOST: Type.String({
    default: '127.0.0.1',
    description:
      'Address to listen on. On any but a loopback address callers need a key; on loopback, once there is one.',
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
      'Port of `GET /metrics`, for Prometheus, which needs no key. 0: none of its own; `/metrics` is at PORT then, and only while HOST is a loopback address.',
  }),
  METRICS_HOST: Type.String({
    default: '127.0.0.1',
    description: 'Address of METRICS_PORT: one that the scraper reaches, and callers do not.',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.String({
    default: '',
    pattern: '^(https?://.+)?$',
    description:
      'Collector of traces, by OTLP over HTTP, e.g. `http://collector:4318`. Empty: nothing is traced.',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Least severe line that is logged.',
  }),
  LOG_FORMAT: Type.Enum(['auto', 'json', 'pretty'], {
    default: 'auto',
    description: 'Format of log lines. `auto`: `pretty`, for people, in a terminal, and `json` otherwise.',
  }),
  STATE_CACHE_BYTES: Type.Integer({
    minimum: MiB,
    default: 1024 * MiB,
    description: 'Adapted states kept on disk; the least recently used go first and are computed again.',
  }),
  MEMORY_CACHE_BYTES: Type.Integer({
    minimum: MiB,
    default: 256 * MiB,
    description: 'Adapted states kept in memory, ready to predict.',
  }),
  ADAPT_THREADS: Type.Integer({
    minimum: 1,
    maximum: 256,
    default: 1,
    description: 'Adaptations at a time.',
  }),
  PREDICT_THREADS: Type.Integer({ minimum: 1, maximum: 256, default: 1, description: 'Prediction threads.' }),
  EXECUTION_PROVIDERS: Type.String({
    default: 'cpu',
    pattern: '[^,\\s]',
    description: `What programs run on, comma-separated in order of preference: ${PROVIDERS.map((name) => `\`${name}\``).join(', ')}. Each is tried at the start, until one computes. One that does not is passed over with a warning where \`cpu\` is listed too, and stops the start where it is not.`,
  }),
  REDIS_URL: Type.String({
    default: '',
    pattern: REDIS_URL,
    description:
      'Redis for tasks, support sets and adaptations, e.g. `redis://:password@host:6379/0`. Empty: all is kept in DATA_DIR.',
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
      'Redis for adapted states, which may be lost: bounded memory and `allkeys-lru`. Empty: REDIS_URL.',
  }),
  ROLE: Type.Enum(['all', 'api', 'worker'], {
    default: 'all',
    description:
      'With REDIS_URL: whether this process answers requests (`api`), runs adaptations (`worker`) or both.',
  }),
  QUEUE_LOCK_MS: Type.Integer({
    minimum: 500,
    default: 30_000,
    description:
      'With REDIS_URL: how long a worker may be silent before its adaptations go to another. Shorter takes over sooner from one that died, and oftener from one that lives and was cut off from Redis.',
  }),
  STATE_TTL_SECONDS: Type.Integer({
    minimum: 1,
    default: 86_400,
    description: 'How long Redis keeps an adapted state after its last use.',
  }),
  MAX_QUEUED: Type.Integer({
    minimum: 1,
    default: 1000,
    description: 'Adaptations of one tenant that may wait or run before more are refused with 429.',
  }),
  MAX_TASKS: Type.Integer({ minimum: 1, default: 100_000, description: 'Tasks of one tenant.' }),
  MAX_STORED_EXAMPLES: Type.Integer({
    minimum: 1,
    default: 10_000_000,
    description: 'Examples in all support sets of one tenant.',
  }),
  MAX_STORED_BYTES: Type.Integer({
    minimum: MiB,
    default: 10 * 1024 * MiB,
    description:
      'Bytes of all support sets of one tenant, and of its adaptation records and its metadata as JSON.',
  }),
  MAX_BODY_BYTES: Type.Integer({
    minimum: 1024,
    maximum: 512 * MiB,
    default: 32 * MiB,
    description: 'Largest request body, and all parts of a form together.',
  }),
  MAX_BODIES_BYTES: Type.Integer({
    minimum: 1024,
    default: 256 * MiB,
    description:
      'Bodies of all requests under way in one process before more are refused with 503; those of one tenant with keys, a quarter. Decoded, they take several times as much.',
  }),
  MAX_CONNECTIONS: Type.Integer({
    minimum: 0,
    default: 0,
    description:
      'Open connections of one process; further ones are closed at once. 0, or more than fit: three quarters of the descriptors that the limit of open files (`ulimit -n`) leaves free.',
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
      'Predictions under way in one process before more are refused with 503; for one tenant with keys, a quarter. The default is what a core answers in a tenth of a second.',
  }),
  RATE_LIMIT: Type.Integer({
    minimum: 0,
    default: 6000,
    description:
      'Requests of one tenant in a minute; 0 for any number. The default is a hundred each second, which a program asks for only when it is out of hand or has outgrown its share of a machine. Not counted while there are no keys.',
  }),
  TRUST_PROXY: Type.String({
    default: '',
    description:
      'Proxies whose `X-Forwarded-…` headers are believed (for the address of a caller, and the path under which the API is offered), comma-separated: addresses, networks such as `10.0.0.0/8`, or `loopback`, `linklocal`, `uniquelocal`. Behind other proxies, all callers have the address of the proxy and share the limits of one address.',
  }),
  CORS_ORIGINS: Type.String({
    default: '',
    description:
      'Origins whose pages may call from a browser, comma-separated, e.g. `https://app.example.org`. Empty: none.',
  }),
  SHUTDOWN_MS: Type.Integer({
    minimum: 100,
    default: 8000,
    description: 'Time to finish after SIGTERM before the process ends all the same.',
  }),
});
export type Config = Static<typeof Config>;
type Setting = TSchema & { readonly type?: string; readonly default?: unknown };

/** Settings that are lists, and what each of their items must be. */
const lists = {
  EXECUTION_PROVIDERS: {
    expected: `execution providers, of ${PROVIDERS.join(', ')}`,
    isItem: isExecutionProvider,
  },
  TRUST_PROXY: {
    expected: 'addresses, networks such as 10.0.0.0/8, or loopback, linklocal, uniquelocal',
    isItem: (text: string) => /^(loopback|linklocal|uniquelocal)$/.test(text) || isNetwork(text),
  },
  CORS_ORIGINS: {
    expected: 'origins such as https://app.example.org',
    isItem: (text: string) => URL.canParse(text) && new URL(text).origin === text,
  },
} as const;

/** The items of a setting that is a list. */
export function itemsOf(setting: string): readonly string[] {
  return setting
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** What a value must be: the library leaves out between what there is to choose. */
function wordsOf({ keyword, message, params }: ReturnType<typeof Value.Errors>[number]): string {
  if (keyword !== 'enum') return message;
  return `must be one of ${(params as { allowedValues: unknown[] }).allowedValues.join(', ')}`;
}

/**
 * The settings in `environment`; an empty variable counts as absent, an unknown one is somebody else's.
 * @throws InnerloopError `invalid_config` that lists everything that is wrong.
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
    // An address may hold a password.
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

const REDIS_QUERY: ReadonlySet<string> = new Set(['db', 'family']);

/**
 * Why a text that begins like the URL of a Redis is none, or null. It may hold a password, so only harmless parts of it
 * are repeated. Redis itself decides whether it has the database.
 */
function redisUrlProblem(text: string): string | null {
  if (!/^rediss?:/.test(text)) return null;
  if (!URL.canParse(text)) return 'must be a URL such as redis://user:password@host:6379/0, got another text';
  const { hostname, pathname, searchParams, username, password } = new URL(text);
  if (hostname === '') return 'must name a host, got none';
  if (!isPercentEncoded(username) || !isPercentEncoded(password))
    return 'must have a percent-encoded user name and password (% is %25), got other texts';
  const unknown = [...searchParams.keys()].find((name) => !REDIS_QUERY.has(name));
  if (unknown !== undefined) return `must have no query but db and family, got ${JSON.stringify(unknown)}`;
  const databases = [pathname.replace(/^\/$/, ''), ...searchParams.getAll('db').map((db) => `/${db}`)];
  const wrong = databases.find((database) => !/^(\/\d+)?$/.test(database));
  if (wrong === undefined) return null;
  return `must end with the number of a database, such as /0, or with none, got ${JSON.stringify(wrong)}`;
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** An address, or one with the bits of it that count: `10.0.0.0/8`. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    most > 0 && more.length === 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= most))
  );
}
