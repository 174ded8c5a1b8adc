import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { abortAfter } from '../../concurrency/abort-after.ts';
import { type Adaptation as AdaptationRecord, hasEnded } from '../../domain/adaptation.ts';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/access.ts';
import type { CountWaitingRequest } from '../admission/waiting-requests.ts';
import { withPlaces } from '../bodies/places.ts';
import { disconnectSignal, eitherSignal } from '../connection/disconnect.ts';
import { preferredWaitSeconds } from '../protocol/prefer.ts';
import {
  AdaptationParams,
  AdaptBody,
  AdaptHeaders,
  AdaptQuery,
  ReadaptBody,
  toAdaptRequest,
} from '../schemas/adapt-request.ts';
import { Adaptation, AdaptationList, adaptationBody } from '../schemas/adaptation.ts';
import { ListQuery, listBody, pageRequest } from '../schemas/shared/list.ts';
import { problems } from '../schemas/shared/problem.ts';
import { TaskParams } from '../schemas/tasks.ts';
import { originOf } from '../telemetry.ts';

interface Options {
  readonly service: Service;
  /** Aborts when the server begins to close. */
  readonly closing: AbortSignal;
  readonly countWaiting: CountWaitingRequest;
}

const accepted = {
  200: { ...Adaptation, 'x-response-description': 'The adaptation has ended. Its `status` is the result.' },
  202: {
    ...Adaptation,
    'x-response-description':
      'The adaptation is stored and will run. Poll the URL in `Location` for its status.',
  },
  ...problems,
};

export const adaptationRoutes: FastifyPluginAsyncTypebox<Options> = async (
  app,
  { service, closing, countWaiting },
) => {
  /** Answers with the adaptation that `accept` accepts; with `Prefer: wait`, once it has ended or the time is over. */
  async function answerAccepted(
    request: FastifyRequest,
    reply: FastifyReply,
    accept: (gone: AbortSignal) => Promise<AdaptationRecord>,
  ): Promise<never> {
    const gone = disconnectSignal(reply);
    const seconds = preferredWaitSeconds(request.headers.prefer);
    // Check this limit before the adaptation is accepted, so that a refused request changes nothing.
    if (seconds !== null) countWaiting(request, reply);
    const begun = await accept(gone);
    const adaptation =
      seconds === null || hasEnded(begun.status)
        ? begun
        : await service.waitUntilEnded(begun, abortAfter(seconds * 1000, eitherSignal(gone, closing, reply)));
    // Relative to this request's URL, so that it is also right behind a proxy that offers the API under a path.
    reply.header('location', `adaptations/${adaptation.id}`);
    if (seconds !== null) reply.header('preference-applied', `wait=${seconds}`);
    if (hasEnded(adaptation.status)) return reply.code(200).send(adaptationBody(adaptation)) as never;
    return reply.code(202).header('retry-after', '1').send(adaptationBody(adaptation)) as never;
  }

  app.post(
    '/tasks/:task/adapt',
    {
      config: { access: 'teach' },
      schema: {
        operationId: 'adapt',
        summary: 'Adapt to a support set',
        description:
          'Adapts the model of the task to labelled examples (the support set). The call creates the task if there is none. Without `model`, the kind of the examples then chooses the package; arrays of numbers need `model`. After the adaptation has succeeded, it answers the predictions of the task. The call answers at once with 202; with `Prefer: wait=n` it waits up to n seconds for the end. If you repeat a request, the answer is the same adaptation. There is one exception: a repeated request with mode `append` adds its examples again, unless both requests have the same `Idempotency-Key`.',
        tags: ['adaptations'],
        params: TaskParams,
        querystring: AdaptQuery,
        headers: AdaptHeaders,
        body: AdaptBody,
        response: accepted,
      },
    },
    async (request, reply) => {
      const { params, body, batch, itemName, query, headers } = request;
      const tenant = tenantOf(request);
      const asked = toAdaptRequest(body, batch, query, headers['idempotency-key'], originOf(request));
      const places = { pointerOf: (item: number) => `/support/${item}`, nameOf: itemName };
      return answerAccepted(request, reply, (gone) =>
        withPlaces(places, () => service.adapt(tenant, params.task, asked, gone)),
      );
    },
  );

  app.post(
    '/tasks/:task/readapt',
    {
      config: { access: 'teach' },
      schema: {
        operationId: 'readapt',
        summary: 'Adapt to the stored examples again',
        description:
          'Adapts the task again to its stored examples: with other settings, or to the installed version of its package, or to another package, which the task then uses. Predictions come from the current adaptation until the new one has succeeded and passed its `gate`. If the package cannot read the stored examples, the answer is 409. `Prefer: wait=n` works as in `adapt`.',
        tags: ['adaptations'],
        params: TaskParams,
        headers: Type.Pick(AdaptHeaders, ['prefer']),
        body: Type.Union([ReadaptBody, Type.Null()]),
        response: accepted,
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      const asked = { ...body, origin: originOf(request) };
      return answerAccepted(request, reply, () => service.readapt(tenantOf(request), params.task, asked));
    },
  );

  app.get(
    '/tasks/:task/adaptations',
    {
      config: { access: 'predict' },
      schema: {
        operationId: 'listAdaptations',
        summary: 'List the adaptations of a task',
        description: 'Lists the adaptations of the task in pages. The newest adaptation is the first.',
        tags: ['adaptations'],
        params: TaskParams,
        querystring: ListQuery,
        response: { 200: AdaptationList, ...problems },
      },
    },
    async (request) => {
      const { params, query } = request;
      const page = pageRequest(query);
      return listBody(await service.adaptations(tenantOf(request), params.task, page), adaptationBody);
    },
  );

  app.get(
    '/tasks/:task/adaptations/:id',
    {
      config: { access: 'predict' },
      schema: {
        operationId: 'getAdaptation',
        summary: 'Read one adaptation',
        description:
          'Returns the status, the progress, the loss before each step, the timings, and the error if the adaptation has failed. After the end, the answer changes in three cases: the `report` is added when it is computed; if an example is erased, the status becomes `erased`; and an equal request runs a failed, cancelled or erased adaptation again.',
        tags: ['adaptations'],
        params: AdaptationParams,
        response: { 200: Adaptation, ...problems },
      },
    },
    async (request) => {
      const { task, id } = request.params;
      return adaptationBody(await service.adaptation(tenantOf(request), task, id));
    },
  );

  app.post(
    '/tasks/:task/adaptations/:id/cancel',
    {
      config: { access: 'teach' },
      schema: {
        operationId: 'cancelAdaptation',
        summary: 'Cancel an adaptation',
        description:
          'Cancels an adaptation that is queued or running. Predictions still come from the adaptation that answered them before. If the adaptation is already cancelled, the answer is the same; if it has succeeded or failed, the answer is 409. The call takes no body.',
        tags: ['adaptations'],
        params: AdaptationParams,
        response: { 200: Adaptation, ...problems },
      },
    },
    async (request) => {
      const { task, id } = request.params;
      return adaptationBody(await service.cancel(tenantOf(request), task, id));
    },
  );
};
