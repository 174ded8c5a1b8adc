import { InnerloopError } from '../errors.ts';

/** Long enough that many waiting callers do not add to the trouble. Somebody has to free space first. */
const RETRY_AFTER_SECONDS = 30;

/** The refusal of a write by a store that has no room. */
export function storeFull(cause: unknown): InnerloopError {
  const message = 'The store is full. Only deletions can succeed: try again later';
  return new InnerloopError('unavailable', message, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}
