import type { StateCache } from '../../ports/state-cache.ts';
import { encodeTensors, readTensors } from '../tensor-bytes.ts';
import { type Redis, withStoreErrors } from './connection.ts';

export interface RedisStateCacheOptions {
  /** Its owner ends it: the cache only uses it. */
  readonly redis: Redis;
  /** How long a state is kept after its last use. */
  readonly ttlSeconds: number;
}

/** States that every process shares. Redis forgets those that nobody used for a while, and any other it has no room for. */
export function createRedisStateCache({ redis, ttlSeconds }: RedisStateCacheOptions): StateCache {
  return {
    tier: 'redis',
    async get(key) {
      const bytes = await withStoreErrors(() => redis.getexBuffer(redisKey(key), 'EX', ttlSeconds));
      return bytes && readTensors(bytes);
    },
    async put(key, state) {
      const bytes = Buffer.from(encodeTensors(state).buffer);
      await withStoreErrors(() => redis.set(redisKey(key), bytes, 'EX', ttlSeconds));
    },
    async delete(key) {
      // Unlike DEL, it leaves freeing megabytes to another thread than the one that answers everybody.
      await withStoreErrors(() => redis.unlink(redisKey(key)));
    },
    has: async (key) => (await withStoreErrors(() => redis.exists(redisKey(key)))) === 1,
    async [Symbol.asyncDispose]() {},
  };
}

/** Of `tenant/adaptation` the tenant is the hash tag: in a cluster, all that is one tenant's shares a slot. */
function redisKey(key: string): string {
  const slash = key.indexOf('/');
  if (slash < 0) return `innerloop:state:${key}`;
  return `innerloop:{${key.slice(0, slash)}}:state:${key.slice(slash + 1)}`;
}
