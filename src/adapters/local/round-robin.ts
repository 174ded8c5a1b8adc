/** What waits, by group: groups take turns, each first in first out. */
export class RoundRobin<T> {
  /** A map keeps the order of insertion, so the group and the item whose turn it is come first. */
  readonly #groups = new Map<string, Map<string, T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Keeps its place, and what it was, if it waits already. */
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

  /** Removes and answers the next. Its group goes behind all others. */
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
