/**
 * `work` on each item, two at a time, results in the items' order; nothing more begins once one has failed. Decoding
 * shares few threads with the store and with other requests: a request of thousands of images takes a place or two in
 * their queue, not all of it.
 */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  let failed = false;
  const lane = async () => {
    for (const [i, item] of rest) {
      if (failed) return;
      results[i] = await work(item);
    }
  };
  const lanes = [lane(), lane()].map((each) =>
    each.catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  await Promise.all(lanes);
  return results;
}
