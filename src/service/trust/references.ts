import { LRUCache } from 'lru-cache';
import type { Adaptation } from '../../domain/adaptation.ts';
import { type ComparableRows, comparableRows, type Metric } from '../../domain/trust/novelty/nearest.ts';
import { referenceRows } from '../../domain/trust/novelty/reference-rows.ts';
import { rowsAt } from '../../tensor.ts';
import { stateKey } from '../state-key.ts';
import type { ReadLearnable } from '../support/learnable.ts';

/** The examples of adaptations that inputs are compared with, as rows in memory. */
export interface References {
  /** The rows if they are in memory. */
  cached(adaptation: Pick<Adaptation, 'tenant' | 'id'>): ComparableRows | undefined;
  /** Reads the rows, once for all concurrent callers. Null when the support set is not stored any more. */
  read(adaptation: Adaptation, metric: Metric): Promise<ComparableRows | null>;
  /** Drops the rows of this process. */
  forget(adaptation: Pick<Adaptation, 'tenant' | 'id'>): void;
}

/** Memory for the rows of all adaptations of this process. */
const MAX_BYTES = 64 * 2 ** 20;

/** Reads the rows of an adaptation once, for all concurrent predictions, and keeps those that were used last. */
export function createReferences(readLearnable: ReadLearnable): References {
  const cache = new LRUCache<string, ComparableRows>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ data }) => data.byteLength + 1,
  });
  const reading = new Map<string, Promise<ComparableRows | null>>();

  async function rowsOf(adaptation: Adaptation, metric: Metric): Promise<ComparableRows | null> {
    const learnable = await readLearnable(adaptation);
    if (!learnable) return null;
    const { x } = learnable;
    const rows = comparableRows(rowsAt(x, referenceRows(x.shape[0] ?? 0)), metric);
    cache.set(stateKey(adaptation), rows);
    return rows;
  }

  return {
    cached: (adaptation) => cache.get(stateKey(adaptation)),
    read(adaptation, metric) {
      const key = stateKey(adaptation);
      const running = reading.get(key) ?? rowsOf(adaptation, metric).finally(() => reading.delete(key));
      reading.set(key, running);
      return running;
    },
    forget: (adaptation) => void cache.delete(stateKey(adaptation)),
  };
}
