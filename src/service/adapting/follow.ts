import { retryWhileUnavailable } from '../../concurrency/retry-while-unavailable.ts';
import { type Adaptation, hasEnded } from '../../domain/adaptation.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { AdaptationEvent } from '../service.ts';

/**
 * Yields the record at once and after each change, and null when it has been deleted, until `signal` aborts. While the
 * store is unavailable it waits and yields nothing. With `everyMs`, it also yields at these intervals.
 */
export async function* followRecord(
  queue: AdaptationQueue,
  ref: AdaptationRef,
  read: () => Promise<Adaptation | null>,
  signal: AbortSignal,
  everyMs?: number,
): AsyncGenerator<Adaptation | null, void, void> {
  for await (const _ of followChanges(queue, ref, signal, everyMs)) {
    const found = await retryWhileUnavailable(read, signal).catch((error: unknown) => {
      if (signal.aborted) return 'aborted' as const;
      throw error;
    });
    if (found !== 'aborted') yield found;
  }
}

/**
 * Yields once at the start and after announced changes, until `signal` aborts. Announcements that arrive while the
 * consumer is busy count as one, because the consumer reads the latest record anyway.
 */
async function* followChanges(
  queue: AdaptationQueue,
  ref: AdaptationRef,
  signal: AbortSignal,
  everyMs: number | undefined,
): AsyncGenerator<void, void, void> {
  let isChanged = true;
  let wake = () => {};
  const onChange = () => {
    isChanged = true;
    wake();
  };
  const unsubscribe = queue.subscribe(ref, onChange);
  signal.addEventListener('abort', onChange);
  const timer = everyMs === undefined ? undefined : setInterval(onChange, everyMs).unref();
  try {
    while (!signal.aborted) {
      if (isChanged) {
        isChanged = false;
        yield;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    unsubscribe();
    clearInterval(timer);
    signal.removeEventListener('abort', onChange);
  }
}

/**
 * The events of an adaptation after event `after`: queued, running, one per step, the end, and the report. The id of an event
 * is its position in this list. A run is deterministic, so a repeated run has the same events with the same ids.
 */
export function eventsOf(record: Adaptation, after: number): readonly AdaptationEvent[] {
  const { status, startedAt, losses, error, report } = record;
  const firstStep = startedAt === null ? 1 : 2;
  const end = firstStep + losses.length;
  const at = (position: number): Omit<AdaptationEvent, 'id'> => {
    if (position < firstStep) return { type: position === 0 ? 'queued' : 'running', data: {} };
    const loss = losses[position - firstStep];
    if (loss !== undefined) return { type: 'step', data: { step: position - firstStep + 1, loss } };
    if (position > end) return { type: 'report', data: {} };
    return { type: status as AdaptationEvent['type'], data: error ? { error } : {} };
  };
  const hasReport = status === 'succeeded' && report !== null;
  const count = Math.max(0, end + (hasEnded(status) ? 1 : 0) + (hasReport ? 1 : 0) - after);
  return Array.from({ length: count }, (_, i) => ({ id: after + i + 1, ...at(after + i) }));
}
