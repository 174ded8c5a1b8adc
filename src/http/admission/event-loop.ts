import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';

/** One turn of the event loop takes some 10 ms under full load. At this average delay no request is answered in time. */
const MAX_DELAY_MS = 500;
const SAMPLE_MS = 1000;
/** In a row: one long turn, as a huge body makes, is over before the next sample. */
const LATE_SAMPLES = 3;
/** The delay is sampled this often, and its values include this time. */
const RESOLUTION_MS = 10;

/**
 * Answers whether the event loop has fallen behind. It reads no file, unlike `process.memoryUsage()`, which throws when
 * the process has no descriptor left.
 */
export function watchEventLoop(app: FastifyInstance): () => boolean {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let lateSamples = 0;
  const timer = setInterval(() => {
    const delayMs = delays.mean / 1e6 - RESOLUTION_MS;
    delays.reset();
    // Without a single measurement the mean is not a number: the loop stood still.
    lateSamples = delayMs <= MAX_DELAY_MS ? 0 : lateSamples + 1;
  }, SAMPLE_MS).unref();
  // The long turns of a start do not count against the first callers.
  app.addHook('onReady', async () => {
    lateSamples = 0;
  });
  app.addHook('onClose', async () => {
    clearInterval(timer);
    delays.disable();
  });
  return () => lateSamples >= LATE_SAMPLES;
}
