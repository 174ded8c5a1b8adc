import { LRUCache } from 'lru-cache';
import type { LoadedState } from '../../../ports/program-runner.ts';
import { bytesOf, type Tensors } from '../../../tensor.ts';

interface Loading {
  readonly waiting: { start(tier: string): void; fail(error: unknown): void }[];
  isForgotten: boolean;
}

interface Options {
  /** Maximum bytes of all states. Least recently used states are evicted first. A larger state is kept as the only one. */
  readonly maxBytes: number;
  /** Sends a state to its worker thread. */
  put(id: string, state: Tensors): void;
  /** Removes a state from its worker thread. */
  drop(id: string): void;
  /** Called for each eviction, with the time since the state was last used. */
  onEvicted(unusedMs: number): void;
}

interface Resident {
  usedAt: number;
}

/** Decides which states the worker threads hold. */
export class ResidentStates {
  readonly #options: Options;
  readonly #resident: LRUCache<string, Resident>;
  readonly #loading = new Map<string, Loading>();

  constructor(options: Options) {
    this.#options = options;
    this.#resident = new LRUCache({
      maxSize: options.maxBytes,
      dispose: ({ usedAt }, id, reason) => {
        options.drop(id);
        if (reason === 'evict') options.onEvicted(performance.now() - usedAt);
      },
    });
  }

  get bytes(): number {
    return this.#resident.calculatedSize;
  }

  has(id: string): boolean {
    return this.#resident.has(id);
  }

  /** Bytes of a resident state; 0 when it is not resident. */
  bytesOf(id: string): number {
    return this.#resident.info(id)?.size ?? 0;
  }

  /**
   * Loads the state if needed, then calls `action` with the tier it came from. The state cannot be evicted before `action`
   * starts. Concurrent calls for one state share one `load`. Rejects when `load` or `action` rejects.
   */
  withState<T>(
    id: string,
    load: () => Promise<LoadedState>,
    action: (tier: string) => Promise<T>,
  ): Promise<T> {
    const resident = this.#resident.get(id);
    if (resident) {
      resident.usedAt = performance.now();
      return action('memory');
    }
    return new Promise((resolve, reject) => {
      const loading = this.#loading.get(id) ?? this.#load(id, load);
      loading.waiting.push({ start: (tier) => void action(tier).then(resolve, reject), fail: reject });
    });
  }

  forget(id: string): void {
    this.#resident.delete(id);
    const loading = this.#loading.get(id);
    if (loading) loading.isForgotten = true;
  }

  /** Call this when a thread has ended and its states are lost. */
  forgetWhere(isLost: (id: string) => boolean): void {
    for (const id of [...this.#resident.keys()]) if (isLost(id)) this.#resident.delete(id);
  }

  #load(id: string, load: () => Promise<LoadedState>): Loading {
    const loading: Loading = { waiting: [], isForgotten: false };
    this.#loading.set(id, loading);
    load().then(
      ({ state, tier }) => {
        this.#loading.delete(id);
        const size = Math.max(1, Math.min(bytesOf(state), this.#options.maxBytes));
        this.#options.put(id, state);
        this.#resident.set(id, { usedAt: performance.now() }, { size });
        for (const { start } of loading.waiting) start(tier);
        if (loading.isForgotten) this.#resident.delete(id);
      },
      (error) => {
        this.#loading.delete(id);
        for (const { fail } of loading.waiting) fail(error);
      },
    );
    return loading;
  }
}
