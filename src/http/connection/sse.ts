import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyBaseLogger } from 'fastify';
import { isUnavailable } from '../../errors.ts';
import type { AdaptationEvent } from '../../service/service.ts';

/**
 * Writes events as Server-Sent Events, one message for each. Heartbeat comments keep proxies from closing a silent
 * connection. The stream ends after the last event. If the caller reads slowly, at most one buffer is held in memory.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function eventStream(
  events: AsyncIterable<AdaptationEvent>,
  { heartbeatMs, log }: { heartbeatMs: number; log: FastifyBaseLogger },
): Readable {
  const stream = new PassThrough();
  const heartbeat = setInterval(() => {
    if (!stream.writableNeedDrain && !stream.writableEnded) stream.write(': still here\n\n');
  }, heartbeatMs);
  pipeline(messages(events), stream)
    .catch((error: NodeJS.ErrnoException) => {
      // The caller has disconnected.
      if (error.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
      // The store reports its own outage as an error, so a warning is enough here.
      const level = isUnavailable(error) ? 'warn' : 'error';
      log[level]({ err: error }, 'event stream ended early');
    })
    .finally(() => clearInterval(heartbeat));
  return stream;
}

async function* messages(events: AsyncIterable<AdaptationEvent>): AsyncGenerator<string, void, void> {
  for await (const event of events) yield message(event);
}

function message({ id, type, data }: AdaptationEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
