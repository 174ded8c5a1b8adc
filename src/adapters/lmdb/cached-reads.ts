import type { Database } from 'lmdb';
import { LRUCache } from 'lru-cache';

interface Entry<T> {
  readonly bytes: Buffer;
  readonly value: T;
}

/** Memory for the entries of one table: their bytes, and about twice as much for their values. */
const MAX_BYTES = 16 * 2 ** 20;

/**
 * Reads entries of a table of JSON. An entry whose bytes are as at its last read is not parsed again: each prediction reads the
 * record of its adaptation, whose report makes it long. The value is shared, so it must not be changed. Null without an entry.
 */
export function cachedReads<Stored, T extends object>(
  table: Database<Stored, string[]>,
  read: (stored: Stored) => T,
): (key: readonly string[]) => T | null {
  const cache = new LRUCache<string, Entry<T>>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ bytes }) => 3 * bytes.length + 1,
  });
  return (key) => {
    // LMDB reuses this buffer at the next read, and only its first `length` bytes belong to the entry.
    const found = table.getBinaryFast([...key]);
    if (!found) return null;
    const name = key.join('\n');
    const known = cache.get(name);
    if (known?.bytes.compare(found, 0, found.length) === 0) return known.value;
    const bytes = Buffer.from(found.subarray(0, found.length));
    const value = read(JSON.parse(bytes.toString()) as Stored);
    cache.set(name, { bytes, value });
    return value;
  };
}
