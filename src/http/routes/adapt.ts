import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { hasEnded } from '../../domain/adaptation.ts';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/access.ts';
import type { CountWaitingRequest } from '../admission/waiting-requests.ts';
import { withPlaces } from '../bodies/places.ts';
import { disconnectSignal, eitherSignal } from '../connection/disconnect.ts';
import { MAX_WAIT_SECONDS } from '../limits.ts';
import {
  Adaptation,
  AdaptBody,
  AdaptHeaders,
  AdaptQuery,
  adaptationBody,
  toAdaptRequest,
} from '../schemas/adaptations.ts';
import { problems } from '../schemas/problem.ts';
import { TaskParams } from '../schemas/tasks.ts';
import { originOf } from '../telemetry.ts';

interface Options {
  readonly service: Service;
  /** Aborts when the server begins to close. */
  readonly closing: AbortSignal;
  readonly countWaiting: CountWaitingRequest;
}

export const adaptRoutes: FastifyPluginAsyncTypebox<Options> = async (
  app,
  { service, closing, countWaiting },
) => {
  app.post(
    '/tasks/:task/adapt',
    {
      schema: {
        operationId: 'adapt',
        summary: 'Adapt to a support set',
        description:
          'Adapts the model of the task to labelled examples (the support set). If the task does not exist, the call creates it, and needs `model`. After the adaptation has succeeded, it answers the predictions of the task. The call answers at once with 202; with `Prefer: wait=n` it waits up to n seconds for the end. If you repeat a request, the answer is the same adaptation. There is one exception: a repeated request with mode `append` adds its examples again, unless both requests have the same `Idempotency-Key`.',
        tags: ['adaptations'],
        params: TaskParams,
        querystring: AdaptQuery,
        headers: AdaptHeaders,
        body: AdaptBody,
        response: {
          200: { ...Adaptation, description: 'The adaptation has ended. Its `status` is the result.' },
          202: {
            ...Adaptation,
            description: 'The adaptation is stored and will run. Poll the URL in `Location` for its status.',
          },
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { params, body, form, query, headers } = request;
      const tenant = tenantOf(request);
      const gone = disconnectSignal(reply);
      const seconds = preferredWaitSeconds(headers.prefer);
      // Check this limit before the adaptation is accepted, so that a refused request changes nothing.
      if (seconds !== null) countWaiting(request, reply);
      const asked = toAdaptRequest(body, form, query, headers['idempotency-key'], originOf(request));
      const places = { pointerOf: (item: number) => `/support/${item}`, nameOf: form?.nameOf };
      const accepted = await withPlaces(places, () => service.adapt(tenant, params.task, asked, gone));
      const adaptation =
        seconds === null || hasEnded(accepted.status)
          ? accepted
          : await service.waitUntilEnded(
              accepted,
              AbortSignal.any([eitherSignal(gone, closing, reply), AbortSignal.timeout(seconds * 1000)]),
            );
      // Relative to this request's URL, so that it is also right behind a proxy that offers the API under a path.
      reply.header('location', `adaptations/${adaptation.id}`);
      if (seconds !== null) reply.header('preference-applied', `wait=${seconds}`);
      if (hasEnded(adaptation.status)) return reply.code(200).send(adaptationBody(adaptation));
      return reply.code(202).header('retry-after', '1').send(adaptationBody(adaptation));
    },
  );
};

/**
 * The seconds of `Prefer: wait=n`, or null if the header has none. Only the first readable `wait` counts: the standard
 * asks servers to ignore preferences that they cannot read.
 *
 * @see RFC 7240, sections 2 and 4.3
 */
export function preferredWaitSeconds(header: string | readonly string[] | undefined): number | null {
  for (const preference of String(header ?? '').split(',')) {
    const match = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference);
    if (match) return Math.min(Number(match[1]), MAX_WAIT_SECONDS);
  }
  return null;
}
