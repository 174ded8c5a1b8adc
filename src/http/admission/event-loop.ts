import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';

/** Above this mean delay, no request is answered in time. Full load alone delays by about 10 ms. */
const MAX_DELAY_MS = 500;
/** A sample is the mean delay of this time. */
const SAMPLE_MS = 1000;
/** The loop is late after this many late samples in a row: one huge body may make one sample late, but not the next. */
const LATE_SAMPLES = 3;
/** Time between two measurements of the delay. The values include it. */
const RESOLUTION_MS = 10;

/**
 * Returns a function that answers whether the event loop is late. It does not use `process.memoryUsage()`, which opens a file
 * and throws if the process has no file descriptor left.
 */
export function watchEventLoop(app: FastifyInstance): () => boolean {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let lateSamples = 0;
  const timer = setInterval(() => {
    const delayMs = delays.mean / 1e6 - RESOLUTION_MS;
    delays.reset();
    // If the loop was blocked all the time, there is no measurement, and `delayMs` is NaN: that counts as late.
    lateSamples = delayMs <= MAX_DELAY_MS ? 0 : lateSamples + 1;
  }, SAMPLE_MS).unref();
  // Starting blocks the event loop for long. Do not refuse the first callers because of that.
  app.addHook('onReady', async () => {
    lateSamples = 0;
  });
  app.addHook('onClose', async () => {
    clearInterval(timer);
    delays.disable();
  });
  return () => lateSamples >= LATE_SAMPLES;
}
