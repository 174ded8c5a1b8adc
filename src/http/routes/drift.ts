import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/access.ts';
import { Drift, DriftQuery, driftBody } from '../schemas/drift.ts';
import { problems } from '../schemas/shared/problem.ts';
import { TaskParams } from '../schemas/tasks.ts';

export const driftRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.get(
    '/tasks/:task/drift',
    {
      config: { access: 'feedback' },
      schema: {
        operationId: 'getDrift',
        summary: 'Check whether inputs have changed',
        description:
          'Compares the latest inputs of the predictions of a task with its first inputs, or with its examples. The task must have `monitor: true`; otherwise the answer is 409. The task stores features and plain properties of at most 400 inputs, never the inputs.',
        tags: ['predictions'],
        params: TaskParams,
        querystring: DriftQuery,
        response: { 200: Drift, ...problems },
      },
    },
    async (request) => {
      const { task } = request.params;
      return driftBody(
        task,
        await service.drift(tenantOf(request), task, request.query.reference ?? 'window'),
      );
    },
  );
};
