import { LRUCache } from 'lru-cache';
import { inSlices } from '../../concurrency/in-slices.ts';
import { createKeyedMutex } from '../../concurrency/keyed-mutex.ts';
import { type Compared, type Drift, driftBetween } from '../../domain/drift/drift.ts';

interface Samples {
  readonly reference: readonly Compared[];
  readonly window: readonly Compared[];
  readonly seed: string;
}

/** Compares two samples once: `key` names them, with their tenant. */
export type MeasureDrift = (key: string, samples: Samples) => Promise<Drift>;

const MAX_KEPT = 200;

/** One computation at a time, so that several together do not delay other requests. */
export function createMeasureDrift(): MeasureDrift {
  const kept = new LRUCache<string, Drift>({ max: MAX_KEPT });
  const mutex = createKeyedMutex();
  return (key, { reference, window, seed }) =>
    mutex('', async () => {
      const drift = kept.get(key) ?? (await inSlices(driftBetween(reference, window, seed)));
      kept.set(key, drift);
      return drift;
    });
}
