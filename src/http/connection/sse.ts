import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyBaseLogger } from 'fastify';
import { isUnavailable } from '../../errors.ts';
import type { AdaptationEvent } from '../../service/service.ts';

/**
 * Server-Sent Events: one message per event, and comments in between, because proxies close silent connections. The stream
 * ends with the events. A caller that reads slowly slows the stream down; only one buffer is held for it.
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
      // A store that is unavailable is reported as an error elsewhere.
      const level = isUnavailable(error) ? 'warn' : 'error';
      log[level]({ err: error }, 'event stream broke off');
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
