import { LRUCache } from 'lru-cache';
import { isUnavailable } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';

const FRESH_MS = 1000;
/** The least recently used values are evicted. */
const MAX_VALUES = 10_000;

interface CachedLookup<Value> {
  /** The value that `load` answers for the key, or answered within the last second. */
  get(key: string): Promise<Value | null>;
  /** The value that `get` would answer without a lookup; null if it would look up. */
  fresh(key: string): Value | null;
  /** The latest cached value, of any age. Null when none is cached. */
  last(key: string): Value | null;
}

/**
 * Caches the answers of `load` for one second.
 *
 * - While `load` rejects as `unavailable`, cached values stay valid, so that known keys work without the store. After such
 *   a rejection there is no new lookup of the key for one second, so that a store that hangs delays few callers.
 * - Concurrent calls for one key share one lookup.
 * - Null is not cached. Otherwise unauthenticated callers could fill the cache with ids that do not exist.
 */
export function createCachedLookup<Value extends object>(
  load: (key: string) => Promise<Value | null>,
  clock: Clock,
): CachedLookup<Value> {
  const cached = new LRUCache<string, { readonly value: Value; readonly at: number }>({
    // `max` would allocate all places at once.
    maxSize: MAX_VALUES,
    sizeCalculation: () => 1,
  });
  const inFlight = new Map<string, Promise<Value | null>>();
  const now = () => clock.now().getTime();

  const lookUp = async (key: string): Promise<Value | null> => {
    // The time before the lookup: a change during the lookup must also be seen within a second.
    const at = now();
    try {
      const value = await load(key);
      if (value === null) cached.delete(key);
      else cached.set(key, { value, at });
      return value;
    } catch (error) {
      const former = cached.get(key);
      if (!former || !isUnavailable(error)) throw error;
      cached.set(key, { ...former, at: now() });
      return former.value;
    }
  };

  const fresh = (key: string): Value | null => {
    const entry = cached.get(key);
    const age = entry === undefined ? FRESH_MS : now() - entry.at;
    return entry && age >= 0 && age < FRESH_MS ? entry.value : null;
  };

  return {
    fresh,
    async get(key) {
      const value = fresh(key);
      if (value !== null) return value;
      const waiting = inFlight.get(key) ?? lookUp(key).finally(() => inFlight.delete(key));
      inFlight.set(key, waiting);
      return waiting;
    },
    last: (key) => cached.peek(key)?.value ?? null,
  };
}
