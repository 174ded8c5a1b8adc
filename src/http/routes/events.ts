import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Service } from '../../service/service.ts';
import type { DoorKeys } from '../admission/access.ts';
import type { Follow } from '../admission/followers.ts';
import { tenantOf } from '../admission/tenant.ts';
import { orClosing, untilDisconnect } from '../connection/disconnect.ts';
import { eventStream } from '../connection/sse.ts';
import { whenClosed } from '../connection/when-closed.ts';
import { AdaptationParams } from '../schemas/adaptations.ts';
import { problems } from '../schemas/problem.ts';

interface Options {
  readonly service: Service;
  readonly keys: Pick<DoorKeys, 'isStillValid'>;
  readonly closing: AbortSignal;
  readonly heartbeatMs: number;
  readonly follow: Follow;
}

const stream = {
  description:
    '`queued`, `running`, one `step` per step with its loss, then `succeeded`, `failed` or `cancelled`.',
  content: { 'text/event-stream': { schema: Type.Unsafe<Readable>({ type: 'string' }) } },
} as const;

export const eventRoutes: FastifyPluginAsyncTypebox<Options> = async (
  app,
  { service, keys, closing, heartbeatMs, follow },
) => {
  app.get(
    '/tasks/:task/adaptations/:id/events',
    {
      // HEAD has a handler of its own below: this one would go on following the adaptation.
      exposeHeadRoute: false,
      schema: {
        operationId: 'streamEvents',
        summary: 'Follow an adaptation',
        description:
          'Sends what happens to the adaptation as Server-Sent Events: all events so far, then new ones, until it has ended. A client that was cut off continues with `Last-Event-ID`.',
        tags: ['adaptations'],
        params: AdaptationParams,
        headers: Type.Object({
          'last-event-id': Type.Optional(
            Type.Integer({ minimum: 0, description: 'Resume after this event.' }),
          ),
        }),
        response: { 200: stream, ...problems },
      },
    },
    async (request, reply) => {
      const { params, headers, log, caller } = request;
      const { task, id } = params;
      const tenant = tenantOf(request);
      // Asked first, so that an unknown id is a 404 and not a stream that breaks off.
      await service.adaptation(tenant, task, id);
      follow(request, reply);
      const after = headers['last-event-id'] ?? 0;
      const isStillValid = async () => caller !== null && keys.isStillValid(caller);
      const gone = AbortSignal.any([untilDisconnect(reply), untilRefused(isStillValid, heartbeatMs, reply)]);
      const events = service.events(tenant, task, id, after, orClosing(gone, closing, reply));
      const admitted = whileTrue(events, isStillValid);
      return reply
        .type('text/event-stream')
        .header('cache-control', 'no-store')
        .send(eventStream(admitted, { heartbeatMs, log }));
    },
  );

  app.head(
    '/tasks/:task/adaptations/:id/events',
    { schema: { hide: true, params: AdaptationParams } },
    async (request, reply) => {
      const { task, id } = request.params;
      await service.adaptation(tenantOf(request), task, id);
      return reply.type('text/event-stream').header('cache-control', 'no-store').send();
    },
  );
};

/** Aborts when `isStillValid` no longer holds, as is looked up now and then: nothing may happen for long. */
function untilRefused(
  isStillValid: () => Promise<boolean>,
  everyMs: number,
  reply: FastifyReply,
): AbortSignal {
  const refused = new AbortController();
  const look = setInterval(async () => {
    // While the keys cannot be asked, nothing is known against it.
    if (!(await isStillValid().catch(() => true))) refused.abort();
  }, everyMs);
  whenClosed(reply, () => clearInterval(look));
  return refused.signal;
}

/** What comes while `holds`, asked before each. */
async function* whileTrue<T>(items: AsyncIterable<T>, holds: () => Promise<boolean>): AsyncGenerator<T> {
  for await (const item of items) {
    if (!(await holds())) return;
    yield item;
  }
}
