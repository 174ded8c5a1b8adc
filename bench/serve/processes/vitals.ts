import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

export interface Vitals {
  readonly rssBytes: number;
  /** Resident memory after garbage collection. */
  readonly collectedBytes: number;
  /** JavaScript memory: the heap and external buffers. */
  readonly heapBytes: number;
  /** Event-loop delay since the last call. */
  readonly loopP99Ms: number;
}

const RESOLUTION_MS = 10;

/**
 * `--import` loads this file before a server. It sends memory and event-loop delay of the process to the parent over
 * the IPC channel. The server's code does not change.
 */
function answerVitals(): void {
  // The histogram records intervals between two ticks. Only the part above the resolution is delay.
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  process.on('message', () => {
    const loopP99Ms = Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS);
    const rssBytes = process.memoryUsage.rss();
    for (let i = 0; i < 3; i++) globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    const vitals: Vitals = { rssBytes, collectedBytes: rss, heapBytes: heapUsed + external, loopP99Ms };
    process.send?.(vitals);
    delay.reset();
  });
  process.channel?.unref();
}

// Worker threads load this file too.
if (isMainThread) answerVitals();
