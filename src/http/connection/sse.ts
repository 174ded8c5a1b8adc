import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyBaseLogger } from 'fastify';
import { isUnavailable } from '../../errors.ts';
import type { AdaptationEvent } from '../../service/service.ts';

/**
 * Server-Sent Events: one message per event, comments in between so that no proxy takes the silence for death,
 * the end when the events end. A caller who reads slowly is told slowly: nothing is held for it beyond a buffer.
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
      // The caller has gone.
      if (error.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
      // What is away for a while is reported where it is missed first.
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
