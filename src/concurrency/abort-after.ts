/**
 * Aborts after `ms`, or when `other` aborts. Not `AbortSignal.any` with `AbortSignal.timeout`: Node frees a timeout to which
 * only the combined signal refers, and the combined signal then never aborts.
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
