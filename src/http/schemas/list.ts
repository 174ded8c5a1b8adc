import { type Static, type TSchema, Type } from 'typebox';
import type { Page } from '../../ports/task-store.ts';
import { closed, nullable } from './shape.ts';

const PAGE_SIZE = 20;

export const ListQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, default: PAGE_SIZE, description: 'Items per page.' }),
    ),
    after: Type.Optional(
      Type.String({ minLength: 1, maxLength: 512, description: '`nextCursor` of the page before.' }),
    ),
  },
  closed,
);

export function listOf<Item extends TSchema>(item: Item) {
  return Type.Object({
    object: Type.Literal('list'),
    data: Type.Array(item),
    hasMore: Type.Boolean(),
    nextCursor: nullable(Type.String(), { description: 'Pass it as `after` for the next page.' }),
  });
}

export function listBody<Item, Body>(page: Page<Item>, view: (item: Item) => Body) {
  return {
    object: 'list' as const,
    data: page.data.map(view),
    hasMore: page.nextCursor !== null,
    nextCursor: page.nextCursor,
  };
}

/** The page request for a store, from a checked query. */
export function pageRequest({ limit = PAGE_SIZE, after }: Static<typeof ListQuery>) {
  return { limit, after };
}
