import { InnerloopError } from '../errors.ts';

/** Somebody has to free space first. `innerloop/client` waits for at most 30 s, so it reports this at once. */
const RETRY_AFTER_SECONDS = 60;

/** The refusal of a write by a store that has no room. */
export function storeFull(cause: unknown): InnerloopError {
  const message = 'The store is full. Only deletions can succeed: try again later';
  return new InnerloopError('unavailable', message, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}
