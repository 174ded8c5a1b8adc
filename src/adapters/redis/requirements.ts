import { InnerloopError } from '../../errors.ts';
import { type Redis, type RedisPurpose, withStoreErrors } from './connection.ts';
import { kindOfWriteError } from './errors.ts';
import { missingPermissions } from './permissions.ts';

/** Messages for the operator. Each says what is wrong, what the effect is, and what to do. */
export interface RedisFindings {
  /** Reasons why this Redis must not be used. */
  readonly refusals: readonly string[];
  /** Settings that should be changed. */
  readonly warnings: readonly string[];
}

/** The fields of INFO. A managed Redis may omit any of them. */
export type RedisInfo = Readonly<Record<string, string>>;

interface Requirement {
  readonly of: readonly RedisPurpose[];
  readonly breach: keyof RedisFindings;
  /** The message for the operator when the requirement is not met, else false. */
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
      role === 'slave' && 'It is a replica, which accepts no writes: give the address of its primary',
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
    of: ['store'],
    breach: 'warnings',
    check: ({ maxmemory }) =>
      maxmemory === '0' &&
      'It has no maxmemory: when it needs more memory than the machine has, the system kills it. Set maxmemory to less than that; when it is reached, only writes are refused',
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
 * Checks whether a Redis meets the requirements of its purpose: reads INFO and tries every command that the purpose needs.
 * It does not check `appendfsync`, because managed services forbid CONFIG. `neighbours` are the connections for the store
 * and the queue; a cache should be a separate Redis.
 * @throws InnerloopError `unavailable`
 */
export async function checkRedis(
  redis: Redis,
  purpose: RedisPurpose,
  neighbours: readonly Redis[] = [],
): Promise<RedisFindings> {
  const info = await infoOf(redis).catch(nullIfForbidden);
  if (info === null) return { refusals: [INFO_FORBIDDEN], warnings: [] };
  const found = purpose === 'cache' ? await checkCacheInfo(info, neighbours) : checkInfo(info, purpose);
  if (found.refusals.length > 0) return found;
  const missing = await withStoreErrors(() => missingPermissions(redis, purpose));
  return { ...found, refusals: missing === null ? [] : [missing] };
}

const INFO_FORBIDDEN =
  'Its user may not call INFO (NOPERM), which shows whether it meets the requirements: grant it, as in ACL SETUSER name +info';

/** For `catch`: null when the user may not call INFO. */
function nullIfForbidden(error: unknown): null {
  if (error instanceof InnerloopError && kindOfWriteError(error.cause) === 'NOPERM') return null;
  throw error;
}

async function checkCacheInfo(info: RedisInfo, neighbours: readonly Redis[]): Promise<RedisFindings> {
  // This Redis answers, so a neighbour that does not answer is a different one.
  const others = await Promise.all(neighbours.map((other) => infoOf(other).catch((): RedisInfo => ({}))));
  const isShared = others.some(({ run_id: id }) => id !== undefined && id === info.run_id);
  return isShared ? shared : checkInfo(info, 'cache');
}

/** The findings about a Redis with this INFO. */
export function checkInfo(info: RedisInfo, purpose: RedisPurpose): RedisFindings {
  const findings: { [Kind in keyof RedisFindings]: string[] } = { refusals: [], warnings: [] };
  for (const { of, breach, check } of requirements) {
    const words = of.includes(purpose) && check(info);
    if (words) findings[breach].push(words);
  }
  return findings;
}

/** The INFO of a Redis. @throws InnerloopError `unavailable` */
export async function infoOf(redis: Redis): Promise<RedisInfo> {
  const lines = (await withStoreErrors(() => redis.info())).split('\r\n');
  return Object.fromEntries(lines.filter((line) => line.includes(':')).map((line) => line.split(':', 2)));
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 2);
}
