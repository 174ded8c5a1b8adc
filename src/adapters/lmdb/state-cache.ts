import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { LRUCache } from 'lru-cache';
import { type Meter, noMeter } from '../../ports/meter.ts';
import type { StateCache } from '../../ports/state-cache.ts';
import { encodeTensors, readTensors } from '../tensor-bytes.ts';
import { commit } from './commit.ts';
import { damageOf } from './data-file.ts';

export interface LmdbStateCacheOptions {
  readonly path: string;
  /** Bytes of states kept; the least recently used go first. */
  readonly maxBytes: number;
  readonly meter?: Meter;
}

const TIER = { tier: 'disk' } as const;

/**
 * States that outlive the process. The order of use is kept in memory and starts anew, by order of writing, with
 * each process. Nothing waits for the disk: a state lost to a power cut is computed again, as are all after damage.
 */
export function createLmdbStateCache({ path, maxBytes, meter = noMeter }: LmdbStateCacheOptions): StateCache {
  if (damageOf(path) !== null) rmSync(join(path, 'data.mdb'));
  const root = open({ path, maxDbs: 2 });
  const states = root.openDB<Buffer, string>({ name: 'states', encoding: 'binary' });
  const entries = root.openDB<{ bytes: number; written: number }, string>({
    name: 'entries',
    encoding: 'json',
  });

  const drop = (key: string) =>
    commit(root, () => {
      states.remove(key);
      entries.remove(key);
    });
  const evictions = meter.counter('innerloop_cache_evictions_total', TIER);
  const ages = meter.histogram('innerloop_cache_age_at_eviction_seconds', TIER);
  const uses = new LRUCache<string, { usedAt: number }>({
    maxSize: maxBytes,
    dispose: ({ usedAt }, key, reason) => {
      if (reason === 'evict') {
        evictions.add(1);
        ages.record((performance.now() - usedAt) / 1000);
      }
      // A row that could not be removed is found, and counted, by the next process.
      if (reason !== 'set') drop(key).catch(() => undefined);
    },
  });
  const known = [...entries.getRange()].sort((a, b) => a.value.written - b.value.written);
  for (const { key, value } of known) uses.set(key, { usedAt: performance.now() }, { size: value.bytes });
  let written = known.at(-1)?.value.written ?? 0;

  meter.observe('innerloop_cache_resident_bytes', TIER, () => uses.calculatedSize);

  return {
    ...TIER,
    async get(key) {
      const use = uses.get(key);
      if (use) use.usedAt = performance.now();
      const bytes = use && states.get(key);
      return bytes ? readTensors(bytes) : null;
    },
    async put(key, state) {
      const bytes = Buffer.from(encodeTensors(state).buffer);
      if (bytes.length > maxBytes) return;
      uses.set(key, { usedAt: performance.now() }, { size: bytes.length });
      written += 1;
      const entry = { bytes: bytes.length, written };
      await commit(root, () => {
        states.put(key, bytes);
        entries.put(key, entry);
      });
    },
    async delete(key) {
      uses.delete(key);
      await root.committed;
    },
    has: async (key) => uses.has(key),
    [Symbol.asyncDispose]: () => root.close(),
  };
}
