import { TASK_ID_PATTERN } from '../domain/task.ts';
import { InnerloopError } from '../errors.ts';
import type { Page } from '../ports/stores/task-store.ts';

const TASK_ID = new RegExp(TASK_ID_PATTERN);

/** A page of the first `limit` items. `found` has one item more when there is a next page. */
export function pageOf<Item>(
  found: readonly Item[],
  limit: number,
  cursorOf: (item: Item) => string,
): Page<Item> {
  const data = found.slice(0, limit);
  const last = data.at(-1);
  return { data, nextCursor: found.length > limit && last ? cursorOf(last) : null };
}

/** The id of the task after which a page begins. @throws InnerloopError `invalid_request` */
export function taskIdAfter(cursor: string | null | undefined): string | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  if (TASK_ID.test(cursor)) return cursor;
  throw invalidCursor(cursor);
}

/** The sequence number below which a page of adaptations begins. @throws InnerloopError `invalid_request` */
export function sequenceAfter(cursor: string | null | undefined): number | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const sequence = Number(cursor);
  if (Number.isSafeInteger(sequence) && sequence > 0) return sequence;
  throw invalidCursor(cursor);
}

function invalidCursor(cursor: string): InnerloopError {
  return new InnerloopError('invalid_request', 'Expected the cursor of an earlier page', {
    got: cursor.slice(0, 64),
  });
}
