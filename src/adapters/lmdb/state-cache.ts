import { setTimeout } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { StateCache } from '../../ports/stores/state-cache.ts';
import { type Meter, noMeter } from '../../ports/telemetry.ts';
import { encodeTensors, readTensors } from '../tensor-bytes.ts';
import { openEnvironment } from './environment.ts';

export interface LmdbStateCacheOptions {
  readonly path: string;
  /** Bytes of all states. The least recently used states are evicted first. */
  readonly maxBytes: number;
  readonly meter?: Meter;
}

const TIER = { tier: 'disk' } as const;
const WRITE_AFTER_MS = 1;

/**
 * States on disk, which outlive the process. The order of use is kept in memory; a new process starts with the order of
 * writing. Reads wait for no write. States that a power cut or a damaged file destroys are computed again.
 */
export function createLmdbStateCache({ path, maxBytes, meter = noMeter }: LmdbStateCacheOptions): StateCache {
  const environment = openEnvironment({ path, maxDbs: 2, ifDamaged: 'remove' });
  const states = environment.table<Buffer, string>('states', 'binary');
  const entries = environment.table<{ bytes: number; written: number }, string>('entries', 'json');

  /** States that are not written yet. */
  const pending = new Map<string, Buffer>();
  let writing: Promise<unknown> = Promise.resolve();
  /** Runs writes one after the other, each after a pause. Requests wait for the store's writes, so those must run first. */
  const write = (work: () => void, effect?: 'frees'): void => {
    writing = Promise.all([writing, setTimeout(WRITE_AFTER_MS)])
      .then(() => environment.commit(work, effect))
      // Ignore errors: a missing state is computed again, and the next process finds a row that was not removed.
      .catch(() => undefined);
  };

  const evictions = meter.counter('innerloop_cache_evictions_total', TIER);
  const ages = meter.histogram('innerloop_cache_age_at_eviction_seconds', TIER);
  const uses = new LRUCache<string, { usedAt: number }>({
    maxSize: maxBytes,
    dispose: ({ usedAt }, key, reason) => {
      if (reason === 'evict') {
        evictions.add(1);
        ages.record((performance.now() - usedAt) / 1000);
      }
      if (reason === 'set') return;
      pending.delete(key);
      write(() => {
        states.remove(key);
        entries.remove(key);
      }, 'frees');
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
      const bytes = use && (pending.get(key) ?? states.get(key));
      return bytes ? readTensors(bytes) : null;
    },
    async put(key, state) {
      const bytes = Buffer.from(encodeTensors(state).buffer);
      if (bytes.length > maxBytes) return;
      uses.set(key, { usedAt: performance.now() }, { size: bytes.length });
      written += 1;
      const entry = { bytes: bytes.length, written };
      pending.set(key, bytes);
      const former = writing;
      write(() => {
        if (pending.get(key) !== bytes) return;
        states.put(key, bytes);
        entries.put(key, entry);
      });
      void writing.then(() => pending.get(key) === bytes && pending.delete(key));
      // Wait for earlier writes, so that states do not accumulate in memory when the disk is slow.
      await former;
    },
    async delete(key) {
      uses.delete(key);
      await writing;
    },
    has: async (key) => uses.has(key),
    async deleteTenant(tenant) {
      for (const key of [...uses.keys()]) if (key.startsWith(`${tenant}/`)) uses.delete(key);
      await writing;
    },
    async [Symbol.asyncDispose]() {
      await writing;
      await environment.close();
    },
  };
}
