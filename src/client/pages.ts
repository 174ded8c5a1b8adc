import type { RequestOptions, Transport } from './transport.ts';

interface Page<Item> {
  readonly data: readonly Item[];
  readonly nextCursor: string | null;
}

const PAGE_SIZE = 100;

/** The items of a list. Its pages are fetched when they are needed. */
export async function* itemsOf<Item>(
  { json }: Pick<Transport, 'json'>,
  path: string,
  query: RequestOptions['query'],
  { signal }: Pick<RequestOptions, 'signal'> = {},
): AsyncGenerator<Item, void, void> {
  for (let after: string | undefined; ; ) {
    const page: Page<Item> = await json(path, {
      query: { ...query, limit: query?.limit ?? PAGE_SIZE, after },
      signal,
    });
    yield* page.data;
    if (page.nextCursor === null) return;
    after = page.nextCursor;
  }
}
