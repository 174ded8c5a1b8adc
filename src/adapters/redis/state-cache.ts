import type { StateCache } from '../../ports/stores/state-cache.ts';
import { encodeTensors, readTensors } from '../tensor-bytes.ts';
import { type Redis, withStoreErrors } from './connection.ts';
import { unlinkAll } from './unlink-all.ts';

export interface RedisStateCacheOptions {
  /** The caller closes the connection. */
  readonly redis: Redis;
  /** How long a state is kept after its last use. */
  readonly ttlSeconds: number;
}

/** States that all processes share. Redis removes states that expire or for which it has no memory. */
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
      // Unlike DEL, UNLINK frees the memory in another thread of Redis.
      await withStoreErrors(() => redis.unlink(redisKey(key)));
    },
    has: async (key) => (await withStoreErrors(() => redis.exists(redisKey(key)))) === 1,
    deleteTenant: (tenant) => withStoreErrors(() => unlinkAll(redis, redisKey(`${tenant}/*`))),
    async [Symbol.asyncDispose]() {},
  };
}

/** In `tenant/adaptation` the tenant becomes the hash tag, so that in a cluster all keys of a tenant share a slot. */
function redisKey(key: string): string {
  const slash = key.indexOf('/');
  if (slash < 0) return `innerloop:state:${key}`;
  return `innerloop:{${key.slice(0, slash)}}:state:${key.slice(slash + 1)}`;
}
