import { createClient, InnerloopProblem } from '../../client/index.ts';
import { t } from '../words/words.ts';
import { callOf, type Purpose } from './call.ts';
import { askForKey, key } from './key.ts';
import { remember } from './sent.ts';

/** The address of the API: the page is at its root, also where a proxy offers it under a path. */
export const base = () => new URL('.', location.href).href;

/** The maximum number of bytes of a body that browsers send after the page is gone. */
const MOST_AFTER = 60_000;

/** Whether the page may be gone before the call is sent. */
const isLeaving = ({ body }: RequestInit) =>
  document.visibilityState === 'hidden' && typeof body === 'string' && body.length < MOST_AFTER;

/** A client that adds the key of this tab, and asks the user for one if the service requires it. */
function clientFor(purpose: Purpose | 'unlisted' | undefined) {
  const send = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const used = key.value;
    const started = performance.now();
    const headers = { ...init.headers, ...(used !== null && { authorization: `Bearer ${used}` }) };
    const response = await fetch(input, { ...init, headers, keepalive: isLeaving(init) });
    if (purpose !== 'unlisted') {
      const call = { ...callOf(String(input), init, base()), ...(purpose && { purpose }) };
      remember({ call, status: response.status, ms: performance.now() - started });
    }
    if (response.status !== 401) return response;
    // If another call has got a key in the meantime, try that one.
    const isNew = key.value !== used || (await askForKey(used !== null));
    return isNew ? send(input, init) : response;
  };
  return createClient({ server: base(), fetch: send });
}

/** The API as programs see it. The page lists each call that it makes with it. */
export const api = clientFor(undefined);
/** Its calls have a place of their own in the list. */
export const apiFor = { map: clientFor('map'), why: clientFor('why') } as const;
/** Calls that only fetch what something looks like, or look for something to delete, are not listed. */
export const unlistedApi = clientFor('unlisted');

/** Whether the service could not be reached: it may be back in a moment. */
export const isAway = (error: unknown): boolean =>
  error instanceof InnerloopProblem && error.code === 'no_answer';

/** After this time, what could not be sent is sent again. */
export const RETRY_MS = 3000;

export function messageOf(error: unknown): string {
  if (isAway(error)) return t().noAnswer;
  return error instanceof Error ? error.message : String(error);
}

/** The first items of a list. Further pages are not asked for. */
export async function firstOf<Item>(list: AsyncIterable<Item>, most: number): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const item of list) if (found.push(item) === most) break;
  return found;
}
