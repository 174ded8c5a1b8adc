import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/tenant.ts';
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
        description: 'The adaptations of the task, the newest first, page by page.',
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
          'The status of the adaptation, its progress, the loss before each step, its timings, and the error if it has failed. An adaptation that waits or runs changes; one that has ended does not.',
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
          'Cancels an adaptation that waits or runs. The adaptation that answers predictions stays as it was. Cancelling it again answers the same; one that has succeeded or failed is a 409. The call takes no body.',
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
