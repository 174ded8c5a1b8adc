/**
 * Aborts after `ms`, or when `other` aborts. Not `AbortSignal.any` with `AbortSignal.timeout`: Node forgets a timeout that
 * nothing but the combined signal refers to, and the combined signal then never aborts.
 */
export function abortAfter(ms: number, other: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = () => {
    clearTimeout(timer);
    controller.abort();
  };
  const timer = setTimeout(abort, ms).unref();
  if (other.aborted) abort();
  else other.addEventListener('abort', abort, { once: true });
  return controller.signal;
}
