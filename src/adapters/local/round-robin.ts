/** Waiting items by group. Groups take turns; within a group the order is first in, first out. */
export class RoundRobin<T> {
  /** Maps keep the order of insertion, so the first group and its first item are the next ones. */
  readonly #groups = new Map<string, Map<string, T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** No effect when an item with this key already waits. */
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

  /** Removes and answers the next item. Its group becomes the last one. */
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
