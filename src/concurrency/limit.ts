/** Items that are all present, or that arrive one after the other. */
export type Items<Item> = readonly Item[] | AsyncIterable<Item>;

/**
 * Runs `work` on each item, by default two items at a time. Answers the results in the order of the items. After a failure or an
 * abort of `signal`, no further item is started.
 *
 * Why two: decoding shares a few threads with the store and with other requests, so a request with thousands of images
 * must not fill the queue of those threads. An item is requested only when it can be started, so a stream is not read ahead.
 */
export async function mapWithLimit<Item, Result>(
  items: Items<Item>,
  work: (item: Item, index: number) => Promise<Result>,
  signal?: AbortSignal,
  atATime = 2,
): Promise<Result[]> {
  // The usual case, in a fraction of the time.
  if ('length' in items && items.length === 1) {
    signal?.throwIfAborted();
    return [await work(items[0] as Item, 0)];
  }
  const results: Result[] = [];
  const failures: { readonly index: number; readonly error: unknown }[] = [];
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const waiting = new Set<() => void>();
  let begun = 0;
  /** Stops waiting for the next item when another one fails. */
  const arrival = (next: Promise<IteratorResult<Item>>) =>
    new Promise<IteratorResult<Item>>((resolve, reject) => {
      const stop = () => resolve({ done: true, value: undefined });
      waiting.add(stop);
      // Not `Promise.race` against one shared promise: that promise would keep a reference to every item.
      next.then(resolve, reject).finally(() => waiting.delete(stop));
    });
  const workOnRest = async () => {
    // An error of the source or of the signal sorts behind the errors of all started items.
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
  // Wait for all, so that no work is still running when the caller continues.
  await Promise.all(Array.from({ length: atATime }, workOnRest));
  // Report the failure with the lowest index. All items before it have finished, so the choice is deterministic.
  const [first] = failures.toSorted((a, b) => a.index - b.index);
  if (!first) return results;
  if (Symbol.asyncIterator in items) void Promise.resolve(source.return?.()).catch(() => undefined);
  throw first.error;
}
