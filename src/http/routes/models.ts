import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../service/service.ts';
import { listBody } from '../schemas/list.ts';
import { Model, ModelList, ModelParams, modelBody } from '../schemas/models.ts';
import { problems } from '../schemas/problem.ts';

export const modelRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.get(
    '/models',
    {
      schema: {
        operationId: 'listModels',
        summary: 'Packages that can adapt, with their measured metrics',
        tags: ['models'],
        response: { 200: ModelList, ...problems },
      },
    },
    async () => listBody({ data: service.models(), nextCursor: null }, modelBody),
  );

  app.get(
    '/models/:name',
    {
      schema: {
        operationId: 'getModel',
        summary: 'One package: input, output, inner settings and their bounds, metrics',
        tags: ['models'],
        params: ModelParams,
        response: { 200: Model, ...problems },
      },
    },
    async ({ params }) => modelBody(service.model(params.name)),
  );
};
