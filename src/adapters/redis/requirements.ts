import { InnerloopError } from '../../errors.ts';
import { type Redis, type RedisPurpose, withStoreErrors } from './connection.ts';
import { kindOfWriteError } from './errors.ts';
import { missingPermissions } from './permissions.ts';

/** Sentences for the operator: what is wrong, what follows from it, and what to do. */
export interface RedisFindings {
  /** Reasons why it must not be used. */
  readonly refusals: readonly string[];
  /** Settings that would better be others. */
  readonly warnings: readonly string[];
}

/** The fields of INFO. A managed Redis may omit any of them. */
export type RedisInfo = Readonly<Record<string, string>>;

interface Requirement {
  readonly of: readonly RedisPurpose[];
  readonly breach: keyof RedisFindings;
  /** The sentence for the operator when the requirement is not met. */
  check(info: RedisInfo): string | false;
}

const all = ['store', 'queue', 'cache'] as const;
const durable = ['store', 'queue'] as const;

const requirements: readonly Requirement[] = [
  {
    of: all,
    breach: 'refusals',
    check: ({ redis_version: version = 'none' }) =>
      !isRecent(version) && `Expected Redis 6.2 or later, got version ${version}: upgrade it`,
  },
  {
    of: all,
    breach: 'refusals',
    check: ({ cluster_enabled: cluster }) =>
      cluster === '1' &&
      'It is a node of a cluster, and keys of other nodes cannot be reached through it: use a Redis without cluster mode',
  },
  {
    of: all,
    breach: 'refusals',
    check: ({ role }) =>
      role === 'slave' && 'It is a replica, which takes no writes: give the address of its primary',
  },
  {
    of: durable,
    breach: 'refusals',
    check: ({ maxmemory_policy: policy = 'noeviction' }) =>
      policy !== 'noeviction' &&
      `Its maxmemory-policy is ${policy}, which evicts accepted work when memory is short: set it to noeviction`,
  },
  {
    of: durable,
    breach: 'warnings',
    check: ({ maxmemory_policy: policy }) =>
      policy === undefined &&
      'INFO does not show its maxmemory-policy: make sure that it is noeviction, because any other evicts accepted work',
  },
  {
    of: ['store'],
    breach: 'warnings',
    check: ({ aof_enabled: appends }) =>
      appends !== '1' &&
      'It has no append-only file: when it stops, everything since its last snapshot is lost. Set appendonly to yes',
  },
  {
    of: ['cache'],
    breach: 'warnings',
    check: ({ maxmemory }) =>
      maxmemory === '0' &&
      'It has no maxmemory: states fill its memory until they expire. Set maxmemory, and maxmemory-policy to allkeys-lru',
  },
  {
    of: ['cache'],
    breach: 'warnings',
    check: ({ maxmemory, maxmemory_policy: policy }) =>
      maxmemory !== '0' &&
      policy === 'noeviction' &&
      'Its maxmemory-policy is noeviction: when its memory is full, further states are not cached and are computed for each use. Set it to allkeys-lru',
  },
];

/** The only finding for a cache that shares a Redis: the other requirements of a cache contradict those of the store. */
const shared: RedisFindings = {
  refusals: [],
  warnings: [
    'The cache shares a Redis with the store or the queue, and can use up its memory: set CACHE_REDIS_URL to another Redis, with a maxmemory, and maxmemory-policy allkeys-lru',
  ],
};

/**
 * Whether a Redis meets the requirements of its purpose, by INFO and by a try of every command that the purpose needs.
 * Managed services forbid CONFIG, so how often the append-only file reaches the disk is not checked. `neighbours` are
 * the connections for store and queue, which a cache should not share.
 * @throws InnerloopError `unavailable`
 */
export async function checkRedis(
  redis: Redis,
  purpose: RedisPurpose,
  neighbours: readonly Redis[] = [],
): Promise<RedisFindings> {
  const info = await infoOf(redis).catch(nullIfForbidden);
  if (info === null) return { refusals: [INFO_FORBIDDEN], warnings: [] };
  const found = purpose === 'cache' ? await judgeCache(info, neighbours) : judge(info, purpose);
  if (found.refusals.length > 0) return found;
  const missing = await withStoreErrors(() => missingPermissions(redis, purpose));
  return { ...found, refusals: missing === null ? [] : [missing] };
}

const INFO_FORBIDDEN =
  'Its user may not call INFO (NOPERM), which shows whether it is fit for its purpose: grant it, as in ACL SETUSER name +info';

/** For `catch`: null when the user may not call INFO. */
function nullIfForbidden(error: unknown): null {
  if (error instanceof InnerloopError && kindOfWriteError(error.cause) === 'NOPERM') return null;
  throw error;
}

async function judgeCache(info: RedisInfo, neighbours: readonly Redis[]): Promise<RedisFindings> {
  // A neighbour that does not answer is another Redis than this one, which does.
  const others = await Promise.all(neighbours.map((other) => infoOf(other).catch((): RedisInfo => ({}))));
  const isShared = others.some(({ run_id: id }) => id !== undefined && id === info.run_id);
  return isShared ? shared : judge(info, 'cache');
}

/** The findings about a Redis with this INFO. */
export function judge(info: RedisInfo, purpose: RedisPurpose): RedisFindings {
  const findings: { [Kind in keyof RedisFindings]: string[] } = { refusals: [], warnings: [] };
  for (const { of, breach, check } of requirements) {
    const words = of.includes(purpose) && check(info);
    if (words) findings[breach].push(words);
  }
  return findings;
}

/** Its INFO. @throws InnerloopError `unavailable` */
export async function infoOf(redis: Redis): Promise<RedisInfo> {
  const lines = (await withStoreErrors(() => redis.info())).split('\r\n');
  return Object.fromEntries(lines.filter((line) => line.includes(':')).map((line) => line.split(':', 2)));
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 2);
}
