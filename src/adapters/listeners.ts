/** Listeners of this process, by key. */
export class Listeners {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** Answers a function that removes the listener. */
  add(key: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }

  tell(key: string): void {
    for (const listener of [...(this.#listeners.get(key) ?? [])]) listener();
  }

  tellAll(): void {
    for (const key of [...this.#listeners.keys()]) this.tell(key);
  }
}
