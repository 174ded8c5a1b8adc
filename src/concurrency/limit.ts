/**
 * `work` on each item, two at a time, results in the items' order; nothing more begins once one has failed or `signal`
 * has aborted. Of several failures it throws that of the first item. Decoding shares few threads with the store and with other requests: a request of thousands of images takes
 * a place or two in their queue, not all of it.
 */
export async function mapWithLimit<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: { readonly index: number; readonly error: unknown }[] = [];
  const rest = items.entries();
  const worker = async () => {
    for (const [index, item] of rest) {
      if (failures.length > 0) return;
      try {
        signal?.throwIfAborted();
        results[index] = await work(item);
      } catch (error) {
        failures.push({ index, error });
      }
    }
  };
  // Returns only when both are done, so that nothing is under way any more.
  await Promise.all([worker(), worker()]);
  const [first] = failures.sort((a, b) => a.index - b.index);
  if (first) throw first.error;
  return results;
}
