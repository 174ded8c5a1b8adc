import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/access.ts';
import { Adaptation, AdaptationList, AdaptationParams, adaptationBody } from '../schemas/adaptations.ts';
import { ListQuery, listBody, pageRequest } from '../schemas/list.ts';
import { problems } from '../schemas/problem.ts';
import { TaskParams } from '../schemas/tasks.ts';

export const adaptationRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.get(
    '/tasks/:task/adaptations',
    {
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
      schema: {
        operationId: 'getAdaptation',
        summary: 'Read one adaptation',
        description:
          'Returns the status, the progress, the loss before each step, the timings, and the error if the adaptation has failed. After the adaptation has ended, the answer no longer changes.',
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
