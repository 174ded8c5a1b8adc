import type { Items } from './limit.ts';

/** The first item, and all items, the first one too. A stream is read only as far as the first item. */
export async function peek<Item>(
  items: Items<Item>,
): Promise<{ readonly first: Item | undefined; readonly all: Items<Item> }> {
  if ('length' in items) return { first: items[0], all: items };
  const source = items[Symbol.asyncIterator]();
  const { done, value } = await source.next();
  async function* all(): AsyncGenerator<Item> {
    if (done) return;
    yield value;
    yield* { [Symbol.asyncIterator]: () => source };
  }
  return { first: done ? undefined : value, all: all() };
}
