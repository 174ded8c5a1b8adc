import { LRUCache } from 'lru-cache';
import { bytesOf, type Tensors } from '../../tensor.ts';

interface Loading {
  readonly waiting: { start(): void; fail(error: unknown): void }[];
  forgotten: boolean;
}

interface Options {
  /** All states together; the least recently used go first. A larger one is kept alone while it is in use. */
  readonly maxBytes: number;
  /** Hand a state over to where it will run. */
  keep(id: string, state: Tensors): void;
  drop(id: string): void;
}

/** Which states are kept on the threads. The threads only do as they are told. */
export class ResidentStates {
  readonly #options: Options;
  readonly #resident: LRUCache<string, true>;
  readonly #loading = new Map<string, Loading>();

  constructor(options: Options) {
    this.#options = options;
    this.#resident = new LRUCache({ maxSize: options.maxBytes, dispose: (_value, id) => options.drop(id) });
  }

  has(id: string): boolean {
    return this.#resident.has(id);
  }

  /** `action` as soon as the state is there, and before it can go. All who wait for a state share one `load`. */
  use<T>(id: string, load: () => Promise<Tensors>, action: () => Promise<T>): Promise<T> {
    if (this.#resident.get(id)) return action();
    return new Promise((resolve, reject) => {
      const loading = this.#loading.get(id) ?? this.#load(id, load);
      loading.waiting.push({ start: () => void action().then(resolve, reject), fail: reject });
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

  #load(id: string, load: () => Promise<Tensors>): Loading {
    const loading: Loading = { waiting: [], forgotten: false };
    this.#loading.set(id, loading);
    load().then(
      (state) => {
        this.#loading.delete(id);
        const size = Math.max(1, Math.min(bytesOf(state), this.#options.maxBytes));
        this.#options.keep(id, state);
        this.#resident.set(id, true, { size });
        for (const { start } of loading.waiting) start();
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
