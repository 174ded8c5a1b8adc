import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../service/service.ts';
import { Model, ModelList, ModelParams, modelBody } from '../schemas/models.ts';
import { listBody } from '../schemas/shared/list.ts';
import { problems } from '../schemas/shared/problem.ts';

export const modelRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.get(
    '/models',
    {
      config: { access: 'predict' },
      schema: {
        operationId: 'listModels',
        summary: 'List the packages',
        description:
          'Lists all packages of this service, with their measured accuracy or error. A package is a model that can adapt to new examples. The list has only one page.',
        tags: ['models'],
        response: { 200: ModelList, ...problems },
      },
    },
    async () => listBody({ data: service.models(), nextCursor: null }, modelBody),
  );

  app.get(
    '/models/:name',
    {
      config: { access: 'predict' },
      schema: {
        operationId: 'getModel',
        summary: 'Read one package',
        description:
          'Returns the inputs and outputs of the package, its settings with their defaults and bounds, its limits on classes and examples, and its measured accuracy or error. A name can include a version, such as `sinusoid-maml@1.0.0`; if the service has another version, the answer is 404.',
        tags: ['models'],
        params: ModelParams,
        response: { 200: Model, ...problems },
      },
    },
    async ({ params }) => modelBody(service.model(params.name)),
  );
};
