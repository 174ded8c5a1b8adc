import type { Redis } from './connection.ts';

/** Keys that Redis looks at in one step: other commands wait for a step, and each has a timeout. */
const STEP = 1000;

/**
 * Removes all keys that match the pattern. It looks at every key of the database, so call it rarely. Keys that are added
 * meanwhile may stay.
 */
export async function unlinkAll(redis: Redis, pattern: string): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', STEP);
    if (keys.length > 0) await redis.unlink(...keys);
    cursor = next;
  } while (cursor !== '0');
}
