import { type Static, type TSchema, Type } from 'typebox';
import type { Page } from '../../../ports/stores/task-store.ts';
import { closed, nullable, objectName } from './shape.ts';

const PAGE_SIZE = 20;

export const ListQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, default: PAGE_SIZE, description: 'Most items per page.' }),
    ),
    after: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 512,
        description: 'The `nextCursor` of the previous page. Leave it out for the first page.',
      }),
    ),
  },
  closed,
);

export function listOf<Item extends TSchema>(item: Item) {
  return Type.Object(
    {
      object: objectName('list'),
      data: Type.Array(item, { description: 'The items of this page.' }),
      hasMore: Type.Boolean({ description: 'Whether another page follows.' }),
      nextCursor: nullable(Type.String(), {
        description: 'Send this value as `after` to get the next page; null on the last page.',
      }),
    },
    { title: `${(item as { title?: string }).title}List`, description: 'One page of a list.' },
  );
}

export function listBody<Item, Body>(page: Page<Item>, view: (item: Item) => Body) {
  return {
    object: 'list' as const,
    data: page.data.map(view),
    hasMore: page.nextCursor !== null,
    nextCursor: page.nextCursor,
  };
}

/** Converts a checked query to a page request to the store. */
export function pageRequest({ limit = PAGE_SIZE, after }: Static<typeof ListQuery>) {
  return { limit, after };
}
