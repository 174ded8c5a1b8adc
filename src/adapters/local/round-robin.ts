/** Waiting items by group. Groups take turns; within a group the first comes first. */
export class RoundRobin<T> {
  /** A map keeps the order of insertion, so the next group and the next item come first. */
  readonly #groups = new Map<string, Map<string, T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** An item that waits already keeps its place and its value. */
  add(group: string, key: string, item: T): void {
    const items = this.#groups.get(group) ?? new Map<string, T>();
    if (items.has(key)) return;
    this.#groups.set(group, items.set(key, item));
    this.#size += 1;
  }

  delete(group: string, key: string): void {
    const items = this.#groups.get(group);
    if (!items?.delete(key)) return;
    this.#size -= 1;
    if (items.size === 0) this.#groups.delete(group);
  }

  /** Removes and answers the next item. Its group goes behind all others. */
  take(): T | undefined {
    for (const [group, items] of this.#groups) {
      this.#groups.delete(group);
      for (const [key, item] of items) {
        items.delete(key);
        this.#size -= 1;
        if (items.size > 0) this.#groups.set(group, items);
        return item;
      }
    }
    return undefined;
  }
}
