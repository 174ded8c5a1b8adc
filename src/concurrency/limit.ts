/**
 * `work` on each item, two at a time, results in the items' order; nothing more begins once one has failed or `signal`
 * has aborted. Decoding shares few threads with the store and with other requests: a request of thousands of images takes
 * a place or two in their queue, not all of it.
 */
export async function mapWithLimit<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  let failed = false;
  const lane = async () => {
    for (const [i, item] of rest) {
      if (failed) return;
      signal?.throwIfAborted();
      results[i] = await work(item);
    }
  };
  const lanes = [lane(), lane()].map((each) =>
    each.catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  // Not before both are done: whoever is told counts on nothing being under way any more.
  const ends = await Promise.allSettled(lanes);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}
