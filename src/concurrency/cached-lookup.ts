import { LRUCache } from 'lru-cache';
import { isUnavailable } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';

const FRESH_MS = 1000;
/** The least recently used go first, and are looked up again. */
const MAX_VALUES = 10_000;

interface Recall<Value> {
  /** What `load` answers for the key, or answered within the last second. */
  get(key: string): Promise<Value | null>;
  /** What it answered last, however long ago. */
  last(key: string): Value | null;
}

/**
 * Remembers for a second what `load` answers, so a change elsewhere is seen within a second, and while it answers
 * `unavailable`, for as long as that lasts: what has been allowed once goes on without the store. Whoever asks in
 * the meantime waits for the same look-up, and after one that failed there is none for a second: a store that hangs
 * holds up few. Null is not remembered, or strangers could fill the memory with ids that nobody has.
 */
export function createCachedLookup<Value extends object>(
  load: (key: string) => Promise<Value | null>,
  clock: Clock,
): Recall<Value> {
  const known = new LRUCache<string, { readonly value: Value; readonly at: number }>({ max: MAX_VALUES });
  const asked = new Map<string, Promise<Value | null>>();
  const now = () => clock.now().getTime();

  const lookUp = async (key: string): Promise<Value | null> => {
    // Of the time before, as what changes while the answer is under way must be seen a second later too.
    const at = now();
    try {
      const value = await load(key);
      if (value === null) known.delete(key);
      else known.set(key, { value, at });
      return value;
    } catch (error) {
      const former = known.get(key);
      if (!former || !isUnavailable(error)) throw error;
      known.set(key, { ...former, at: now() });
      return former.value;
    }
  };

  return {
    async get(key) {
      const entry = known.get(key);
      const age = entry === undefined ? FRESH_MS : now() - entry.at;
      if (entry && age >= 0 && age < FRESH_MS) return entry.value;
      const waiting = asked.get(key) ?? lookUp(key).finally(() => asked.delete(key));
      asked.set(key, waiting);
      return waiting;
    },
    last: (key) => known.peek(key)?.value ?? null,
  };
}
