import type { FastifyReply } from 'fastify';
import type { PredictionTimings } from '../../ports/program-runner.ts';

/**
 * Sets the headers `x-cache` (the storage tier that had the adapted state) and `server-timing` (the times of each stage).
 * @see https://www.w3.org/TR/server-timing/
 */
export function setTimingHeaders(
  reply: FastifyReply,
  { tier, queueMs, cacheMs, modelMs }: PredictionTimings,
): void {
  reply.request.span?.set({
    'innerloop.tier': tier,
    'innerloop.queue_ms': queueMs,
    'innerloop.cache_ms': cacheMs,
    'innerloop.model_ms': modelMs,
  });
  reply.header('x-cache', tier);
  reply.header(
    'server-timing',
    `queue;dur=${queueMs.toFixed(2)}, cache;dur=${cacheMs.toFixed(2)}, model;dur=${modelMs.toFixed(2)}`,
  );
}
