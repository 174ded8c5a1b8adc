import { isIP } from 'node:net';
import { executionProviders, isExecutionProvider } from '../execution-providers.ts';

/** The settings that are comma-separated lists, and what their items must be. */
export const lists = {
  EXECUTION_PROVIDERS: {
    expected: `execution providers out of ${Object.keys(executionProviders).join(', ')}`,
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
  WEBHOOK_NETWORKS: {
    expected: 'addresses, or networks such as 10.1.0.0/16',
    isItem: isNetwork,
  },
  WEBHOOK_RETRY_SECONDS: {
    expected: 'whole numbers from 0 to 604800',
    isItem: (text: string) => /^\d{1,6}$/.test(text) && Number(text) <= 604_800,
  },
} as const;

const REDIS = 'a URL such as redis://user:password@host:6379/0';

/** The settings with a pattern, and what they must be. */
export const patterned: Readonly<Record<string, string>> = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'a URL such as http://collector:4318',
  REDIS_URL: REDIS,
  QUEUE_REDIS_URL: REDIS,
  CACHE_REDIS_URL: REDIS,
  EXECUTION_PROVIDERS: lists.EXECUTION_PROVIDERS.expected,
  WEBHOOK_KEY: '32 bytes as base64, such as `openssl rand -base64 32` prints',
};

const REDIS_QUERY: ReadonlySet<string> = new Set(['db', 'family']);

/**
 * Why a text cannot be the URL of a Redis, or null. The URL may contain a password, so the answer repeats only parts
 * without it. Whether the database exists is checked when Redis answers.
 */
export function redisUrlProblem(text: string): string | null {
  if (!/^rediss?:/.test(text)) return null;
  if (!URL.canParse(text)) return `must be ${REDIS}, got another text`;
  const { hostname, pathname, searchParams, username, password } = new URL(text);
  if (hostname === '') return 'must name a host, got none';
  if (!isPercentEncoded(username) || !isPercentEncoded(password))
    return 'must have a percent-encoded user name and password (% is %25), got other texts';
  const unknown = [...searchParams.keys()].find((name) => !REDIS_QUERY.has(name));
  if (unknown !== undefined)
    return `must have no query parameters except db and family, got ${JSON.stringify(unknown)}`;
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

/** Whether the text is an address, or a network such as `10.0.0.0/8`. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    most > 0 && more.length === 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= most))
  );
}
