import type { RequestCounter } from '../../ports/stores/request-counter.ts';
import type { Redis } from './connection.ts';
import { script } from './script.ts';

/** KEYS: counter. ARGV: window in ms. Sets a missing expiry, because without one the counter would never start again. */
const countRequest = script(`
local count = redis.call('INCR', KEYS[1])
local msLeft = redis.call('PTTL', KEYS[1])
if msLeft < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  msLeft = tonumber(ARGV[1])
end
return { count, msLeft }
`);

export function createRedisRequestCounter(redis: Redis): RequestCounter {
  return {
    async count(key, windowMs) {
      const [count, msLeft] = (await countRequest(redis, [`innerloop:${key}`], [windowMs])) as number[];
      return { count: Number(count), msLeft: Number(msLeft) };
    },
  };
}
