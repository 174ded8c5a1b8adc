import { LRUCache } from 'lru-cache';
import type { LoadedState } from '../../../ports/program-runner.ts';
import { bytesOf, type Tensors } from '../../../tensor.ts';

interface Loading {
  readonly waiting: { start(tier: string): void; fail(error: unknown): void }[];
  forgotten: boolean;
}

interface Options {
  /** All states together; the least recently used go first. A larger one is kept alone while it is in use. */
  readonly maxBytes: number;
  /** Hand a state over to where it will run. */
  keep(id: string, state: Tensors): void;
  drop(id: string): void;
  /** One had to go that was not used for so long. */
  onEvicted(unusedMs: number): void;
}

interface Resident {
  usedAt: number;
}

/** Which states are kept on the threads. The threads only do as they are told. */
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

  /** Of its room; 0 where it is not resident. */
  bytesOf(id: string): number {
    return this.#resident.info(id)?.size ?? 0;
  }

  /**
   * `action` as soon as the state is there, and before it can go, with where it was found. All who wait for a state share
   * one `load`.
   */
  use<T>(id: string, load: () => Promise<LoadedState>, action: (tier: string) => Promise<T>): Promise<T> {
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
    if (loading) loading.forgotten = true;
  }

  /** The thread of these states is gone. */
  forgetWhere(isLost: (id: string) => boolean): void {
    for (const id of [...this.#resident.keys()]) if (isLost(id)) this.#resident.delete(id);
  }

  #load(id: string, load: () => Promise<LoadedState>): Loading {
    const loading: Loading = { waiting: [], forgotten: false };
    this.#loading.set(id, loading);
    load().then(
      ({ state, tier }) => {
        this.#loading.delete(id);
        const size = Math.max(1, Math.min(bytesOf(state), this.#options.maxBytes));
        this.#options.keep(id, state);
        this.#resident.set(id, { usedAt: performance.now() }, { size });
        for (const { start } of loading.waiting) start(tier);
        if (loading.forgotten) this.#resident.delete(id);
      },
      (error) => {
        this.#loading.delete(id);
        for (const { fail } of loading.waiting) fail(error);
      },
    );
    return loading;
  }
}
