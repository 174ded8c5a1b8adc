import { PassThrough, type Readable } from 'node:stream';
import type { FastifyBaseLogger } from 'fastify';
import type { AdaptationEvent } from '../service/service.ts';

/**
 * Server-Sent Events: one message per event, comments in between so that no proxy takes the silence for death,
 * the end when the events end.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function eventStream(
  events: AsyncIterable<AdaptationEvent>,
  { heartbeatMs, log }: { heartbeatMs: number; log: FastifyBaseLogger },
): Readable {
  const stream = new PassThrough();
  const heartbeat = setInterval(() => stream.write(': still here\n\n'), heartbeatMs);
  const pump = async () => {
    for await (const event of events) stream.write(message(event));
  };
  pump()
    .catch((error: unknown) => log.error({ err: error }, 'event stream broke off'))
    .finally(() => {
      clearInterval(heartbeat);
      stream.end();
    });
  return stream;
}

function message({ id, type, data }: AdaptationEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
