import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Service } from '../../service/service.ts';
import { type AccessKeys, tenantOf } from '../admission/access.ts';
import type { CountWaitingRequest } from '../admission/waiting-requests.ts';
import { disconnectSignal, eitherSignal } from '../connection/disconnect.ts';
import { eventStream } from '../connection/sse.ts';
import { AdaptationParams } from '../schemas/adapt-request.ts';
import { problems } from '../schemas/shared/problem.ts';

interface Options {
  readonly service: Service;
  readonly keys: Pick<AccessKeys, 'isStillValid'>;
  readonly closing: AbortSignal;
  readonly heartbeatMs: number;
  readonly countWaiting: CountWaitingRequest;
}

const stream = {
  description:
    'The events are, in order: `queued`, `running`, one `step` with its loss for each step, and at the end `succeeded`, `failed` or `cancelled`. If an example is erased, the end is `erased`. After `succeeded`, a `report` follows when the report is computed.',
  content: { 'text/event-stream': { schema: Type.Unsafe<Readable>({ type: 'string' }) } },
} as const;

export const eventRoutes: FastifyPluginAsyncTypebox<Options> = async (
  app,
  { service, keys, closing, heartbeatMs, countWaiting },
) => {
  app.get(
    '/tasks/:task/adaptations/:id/events',
    {
      // HEAD has its own handler below: this handler would keep the stream open until the adaptation ends.
      exposeHeadRoute: false,
      config: { access: 'predict' },
      schema: {
        operationId: 'streamEvents',
        summary: 'Follow an adaptation',
        description:
          'Sends the events of the adaptation as Server-Sent Events: first all events so far, then each new event, until the adaptation has ended. After `succeeded`, the stream stays open until the report is computed, which can take longer than the adaptation, or until it is known that there will be no report. If the connection is lost, send the id of the last received event as `Last-Event-ID` to continue after it. If no event can follow, the answer is 204: an `EventSource` then stops connecting.',
        tags: ['adaptations'],
        params: AdaptationParams,
        headers: Type.Object({
          'last-event-id': Type.Optional(
            Type.Integer({ minimum: 0, description: 'The stream continues after the event with this id.' }),
          ),
        }),
        response: {
          200: stream,
          204: Type.Null({ description: 'No event follows the one in `Last-Event-ID`.' }),
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { params, headers, log, caller } = request;
      const { task, id } = params;
      const tenant = tenantOf(request);
      const after = headers['last-event-id'] ?? 0;
      // Check this first, so that an unknown id gets 404 and not a stream that ends with an error.
      if (!(await service.hasEvents(tenant, task, id, after))) return reply.code(204).send(null);
      countWaiting(request, reply);
      const isStillValid = async () => caller !== null && keys.isStillValid(caller);
      const refused = new AbortController();
      const gone = AbortSignal.any([disconnectSignal(reply), refused.signal]);
      const events = service.events(tenant, task, id, after, eitherSignal(gone, closing, reply));
      const allowed = whileValid(events, isStillValid, heartbeatMs, refused);
      return reply
        .type('text/event-stream')
        .header('cache-control', 'no-store')
        .send(eventStream(allowed, { heartbeatMs, log }));
    },
  );

  app.head(
    '/tasks/:task/adaptations/:id/events',
    { config: { access: 'predict' }, schema: { hide: true, params: AdaptationParams } },
    async (request, reply) => {
      const { task, id } = request.params;
      await service.adaptation(tenantOf(request), task, id);
      return reply.type('text/event-stream').header('cache-control', 'no-store').send();
    },
  );
};

/**
 * Yields `items` until the caller's key is no longer valid. Checks the key before each item, and every `intervalMs` if no
 * item comes. If the key is no longer valid, aborts `refused`, which ends `items`.
 */
async function* whileValid<T>(
  items: AsyncIterable<T>,
  isStillValid: () => Promise<boolean>,
  intervalMs: number,
  refused: AbortController,
): AsyncGenerator<T, void, void> {
  // If the key cannot be checked because the store fails, the stream continues.
  const check = () => isStillValid().catch(() => true);
  const timer = setInterval(async () => {
    if (!(await check())) refused.abort();
  }, intervalMs);
  try {
    for await (const item of items) {
      if (!(await check())) return;
      timer.refresh();
      yield item;
    }
  } finally {
    clearInterval(timer);
  }
}
