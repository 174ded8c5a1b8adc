import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Meter } from '../ports/telemetry.ts';

const WINDOW_MS = 10_000;
/** Sampling interval of the event-loop delay. The measured values include it. */
const RESOLUTION_MS = 10;

/** Metrics of this process, under the usual names, until disposal. */
export function observeProcess(meter: Meter): Disposable {
  const startedAt = Date.now() / 1000 - process.uptime();
  meter.observe('process_start_time_seconds', {}, () => startedAt);
  meter.observe('process_cpu_seconds_total', {}, () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  meter.observe('process_resident_memory_bytes', {}, residentBytes);
  meter.observe('nodejs_heap_used_bytes', {}, () => getHeapStatistics().used_heap_size);

  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000);
  // Values of the last complete window, so that all readers of one window see the same values.
  let last: Readonly<Record<string, number>> = {};
  const timer = setInterval(() => {
    last = {
      '0.5': late(delays.percentile(50)),
      '0.99': late(delays.percentile(99)),
      '1': late(delays.max),
    };
    delays.reset();
  }, WINDOW_MS).unref();
  for (const quantile of ['0.5', '0.99', '1']) {
    meter.observe('nodejs_eventloop_delay_seconds', { quantile }, () => last[quantile] ?? null);
  }
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      delays.disable();
    },
  };
}

/** Null when the process has no file descriptor left: `rss` reads a file. */
function residentBytes(): number | null {
  try {
    return process.memoryUsage.rss();
  } catch {
    return null;
  }
}
