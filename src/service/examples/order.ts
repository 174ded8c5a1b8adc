import { EXAMPLE_ID_PATTERN, type Example } from '../../domain/example.ts';
import { InnerloopError } from '../../errors.ts';

type Place = Pick<Example, 'createdAt' | 'id'>;

/** A cursor names a place in the order and not an example, so it stays valid when examples are erased. */
export function cursorOf({ createdAt, id }: Place): string {
  return `${createdAt}/${id}`;
}

const CURSOR = new RegExp(`^[0-9TZ:.-]{24}/${EXAMPLE_ID_PATTERN.slice(1)}`);

/** @throws InnerloopError `invalid_request` for a cursor that this service has not made */
export function isAfter(example: Place, cursor: string | undefined): boolean {
  if (cursor === undefined) return true;
  if (!CURSOR.test(cursor)) {
    throw new InnerloopError('invalid_request', 'Expected the cursor of an earlier page', {
      got: cursor.slice(0, 64),
    });
  }
  return cursorOf(example) > cursor;
}

/** Those of one request have the same time, and ids in the order of the request. */
export function byTime(a: Place, b: Place): number {
  return cursorOf(a) < cursorOf(b) ? -1 : 1;
}
