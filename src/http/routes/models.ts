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
        summary: 'List the packages',
        description:
          'The packages (models that can adapt) that this service has, with their measured metrics. There are no further pages.',
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
        summary: 'Read one package',
        description:
          'What the package takes and answers, its settings with their defaults and bounds, its limits on classes and examples, and its measured metrics. A name with a version, such as `sinusoid-maml@1.0.0`, is found only if that version is the one served.',
        tags: ['models'],
        params: ModelParams,
        response: { 200: Model, ...problems },
      },
    },
    async ({ params }) => modelBody(service.model(params.name)),
  );
};
