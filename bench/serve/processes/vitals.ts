import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

export interface Vitals {
  readonly rssBytes: number;
  /** The same, once what nobody holds any longer is collected. */
  readonly collectedBytes: number;
  /** What JavaScript holds of that. */
  readonly heapBytes: number;
  /** Since it was asked last. */
  readonly loopP99Ms: number;
}

const RESOLUTION_MS = 10;

/**
 * Loaded before a server by `--import`: answers its parent, on the channel between them, what the process costs. The
 * server knows nothing of it.
 */
function answerVitals(): void {
  // The histogram holds intervals between two ticks, of which only the excess is delay.
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

// Threads load what their process does.
if (isMainThread) answerVitals();
