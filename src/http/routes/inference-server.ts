import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../service/service.ts';
import { inferenceErrors, ServerLive, ServerMetadata, ServerReady } from '../schemas/inference.ts';

interface Options {
  readonly service: Service;
  readonly version: string;
}

const tags = ['inference'];

export const inferenceServerRoutes: FastifyPluginAsyncTypebox<Options> = async (
  app,
  { service, version },
) => {
  const metadata = async () => ({
    name: 'innerloop',
    version,
    extensions: ['binary_tensor_data', 'classification'],
  });
  app.get(
    '',
    {
      schema: {
        operationId: 'inferenceServer',
        summary: 'Describe the server',
        description:
          'Name, version and protocol extensions of the server, as the Open Inference Protocol asks.',
        tags,
        response: { 200: ServerMetadata, ...inferenceErrors },
      },
    },
    metadata,
  );
  // The specification of the protocol writes it with a slash.
  app.get('/', { prefixTrailingSlash: 'slash', schema: { hide: true } }, metadata);

  app.get(
    '/health/live',
    {
      config: { access: 'probe' },
      schema: {
        operationId: 'inferenceLive',
        summary: 'Whether the process answers',
        description: 'As `GET /health/live`, in the shape of the Open Inference Protocol. Needs no key.',
        tags,
        response: { 200: ServerLive },
      },
    },
    async () => ({ live: true }),
  );

  app.get(
    '/health/ready',
    {
      config: { access: 'probe' },
      schema: {
        operationId: 'inferenceReady',
        summary: 'Whether requests can be served now',
        description: 'As `GET /health/ready`, in the shape of the Open Inference Protocol. Needs no key.',
        tags,
        response: { 200: ServerReady, 503: ServerReady },
      },
    },
    async (_request, reply) => {
      const { ready } = await service.readiness();
      return reply.code(ready ? 200 : 503).send({ live: true, ready });
    },
  );
};
