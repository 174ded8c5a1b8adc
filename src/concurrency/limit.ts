/** Items that are there already, or that arrive one after the other. */
export type Items<Item> = readonly Item[] | AsyncIterable<Item>;

/**
 * `work` on each item, two at a time, results in the items' order; nothing more begins once one has failed or `signal`
 * has aborted. No item is asked for before there is room for it, so that a stream is not read ahead. Decoding shares few
 * threads with the store and with other requests: a request of thousands of images takes a place or two in their queue,
 * not all of it.
 */
export async function mapWithLimit<Item, Result>(
  items: Items<Item>,
  work: (item: Item, index: number) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: { readonly index: number; readonly error: unknown }[] = [];
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const waiting = new Set<() => void>();
  let begun = 0;
  /** An item that has not arrived when another one fails is waited for no longer. */
  const arrival = (next: Promise<IteratorResult<Item>>) =>
    new Promise<IteratorResult<Item>>((resolve, reject) => {
      const stop = () => resolve({ done: true, value: undefined });
      waiting.add(stop);
      // Not `Promise.race` with one promise for all: that one would keep every item that has come.
      next.then(resolve, reject).finally(() => waiting.delete(stop));
    });
  const workOnRest = async () => {
    // An error of the source, or of the signal, is about the item after all that have begun.
    let index = Number.POSITIVE_INFINITY;
    try {
      while (failures.length === 0) {
        index = Number.POSITIVE_INFINITY;
        signal?.throwIfAborted();
        const next = source.next();
        const item = next instanceof Promise ? await arrival(next) : next;
        if (item.done || failures.length > 0) return;
        index = begun++;
        results[index] = await work(item.value, index);
      }
    } catch (error) {
      failures.push({ index, error });
      for (const stop of waiting) stop();
    }
  };
  // Not before both are done: the caller counts on nothing being under way any more.
  await Promise.all([workOnRest(), workOnRest()]);
  // All items before the first that fails have been worked on, so which error is reported is no matter of luck.
  const [first] = failures.toSorted((a, b) => a.index - b.index);
  if (!first) return results;
  if (Symbol.asyncIterator in items) void Promise.resolve(source.return?.()).catch(() => undefined);
  throw first.error;
}
