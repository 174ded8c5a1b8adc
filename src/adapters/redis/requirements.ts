import type { Redis } from 'ioredis';
import { reaching } from './connection.ts';

/** What a Redis keeps for us: the truth, the queue of accepted work, or states that can be computed again. */
export type RedisPurpose = 'store' | 'queue' | 'cache';

/** Each in words for whoever runs the Redis: what is wrong, what comes of it, and what to do. */
export interface RedisFindings {
  /** Why it must not be used. */
  readonly refusals: readonly string[];
  /** What it would do worse than it could. */
  readonly warnings: readonly string[];
}

/** The fields of INFO. Managed Redis may leave any of them out. */
export type RedisInfo = Readonly<Record<string, string>>;

interface Requirement {
  readonly of: readonly RedisPurpose[];
  readonly breach: keyof RedisFindings;
  /** What to say where it is not met. */
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
      role === 'slave' && 'It is a replica, which only reads: give the address of its primary',
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
      'It does not tell its maxmemory-policy: make sure that it is noeviction, as any other evicts accepted work',
  },
  {
    of: ['store'],
    breach: 'warnings',
    check: ({ aof_enabled: appends }) =>
      appends !== '1' &&
      'It keeps no append-only file: all that was accepted since its last snapshot, if it makes any, is lost when it ends. Set appendonly to yes',
  },
  {
    of: ['cache'],
    breach: 'warnings',
    check: ({ maxmemory }) =>
      maxmemory === '0' &&
      'It has no maxmemory: states fill its memory until their time is over. Set maxmemory, and maxmemory-policy to allkeys-lru',
  },
  {
    of: ['cache'],
    breach: 'warnings',
    check: ({ maxmemory, maxmemory_policy: policy }) =>
      maxmemory !== '0' &&
      policy === 'noeviction' &&
      'Its maxmemory-policy is noeviction: when its memory is full no further state is kept, and each is computed anew. Set it to allkeys-lru',
  },
];

/** Said alone: a cache's other wishes are what store and queue must not have. */
const shared: RedisFindings = {
  refusals: [],
  warnings: [
    'States that may be lost share the memory of what must not be, and can use it up: set CACHE_REDIS_URL to another Redis, with a maxmemory, and maxmemory-policy allkeys-lru',
  ],
};

/**
 * Whether a Redis is what its purpose needs, from INFO alone: managed ones forbid CONFIG. So nothing is said of how
 * often the append-only file reaches the disk. `neighbours` are connections to where a cache should not be.
 * @throws InnerloopError `unavailable`
 */
export async function checkRedis(
  redis: Redis,
  purpose: RedisPurpose,
  neighbours: readonly Redis[] = [],
): Promise<RedisFindings> {
  const info = await infoOf(redis);
  if (purpose !== 'cache') return judge(info, purpose);
  // A neighbour that does not answer is another one than this, which does.
  const others = await Promise.all(neighbours.map((other) => infoOf(other).catch((): RedisInfo => ({}))));
  const isShared = others.some(({ run_id: id }) => id !== undefined && id === info.run_id);
  return isShared ? shared : judge(info, purpose);
}

/** What is to be said of a Redis that describes itself so. */
export function judge(info: RedisInfo, purpose: RedisPurpose): RedisFindings {
  const findings: { [Kind in keyof RedisFindings]: string[] } = { refusals: [], warnings: [] };
  for (const { of, breach, check } of requirements) {
    const words = of.includes(purpose) && check(info);
    if (words) findings[breach].push(words);
  }
  return findings;
}

/** What it says of itself. @throws InnerloopError `unavailable` */
export async function infoOf(redis: Redis): Promise<RedisInfo> {
  const lines = (await reaching(() => redis.info())).split('\r\n');
  return Object.fromEntries(lines.filter((line) => line.includes(':')).map((line) => line.split(':', 2)));
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 2);
}
