import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyPluginAsync } from 'fastify';
import type { Service } from '../../../service/service.ts';
import { answerErrors, type SendError } from '../../errors/problems.ts';
import { acceptInferenceBodies } from '../../inference/bodies.ts';
import { inferenceErrors, ServerLive, ServerMetadata, ServerReady } from '../../schemas/inference.ts';
import { inferenceModelRoutes } from './inference-models.ts';

interface Options {
  readonly service: Service;
  readonly version: string;
}

interface ProtocolOptions extends Options {
  /** Sends an error in the protocol's form. */
  readonly sendError: SendError;
}

/**
 * The Open Inference Protocol, which has its own formats for bodies and errors. Each task is a model of the protocol, and
 * the adaptations of the task are the versions of that model.
 *
 * @see https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 */
export const inferenceRoutes: FastifyPluginAsync<ProtocolOptions> = async (
  app,
  { service, version, sendError },
) => {
  answerErrors(app, sendError);
  acceptInferenceBodies(app);
  await inferenceServerRoutes(app.withTypeProvider<TypeBoxTypeProvider>(), { service, version });
  await inferenceModelRoutes(app, { service });
};

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
      config: { access: 'predict' },
      schema: {
        operationId: 'getInferenceServer',
        summary: 'Describe the server',
        description:
          'Returns the name, version and protocol extensions of the server, in the format of the Open Inference Protocol.',
        tags,
        response: { 200: ServerMetadata, ...inferenceErrors },
      },
    },
    metadata,
  );
  // The specification of the protocol writes this path with a slash at the end.
  app.get(
    '/',
    { prefixTrailingSlash: 'slash', config: { access: 'predict' }, schema: { hide: true } },
    metadata,
  );

  app.get(
    '/health/live',
    {
      config: { access: 'probe' },
      schema: {
        operationId: 'getInferenceLiveness',
        summary: 'Check whether the process is alive',
        description:
          'Like `GET /health/live`, in the format of the Open Inference Protocol. The call needs no key.',
        tags,
        response: { 200: ServerLive, '4xx': inferenceErrors['4xx'] },
      },
    },
    async () => ({ live: true }),
  );

  app.get(
    '/health/ready',
    {
      config: { access: 'probe' },
      schema: {
        operationId: 'getInferenceReadiness',
        summary: 'Check whether the service is ready',
        description:
          'Like `GET /health/ready`, in the format of the Open Inference Protocol. The call needs no key.',
        tags,
        response: { 200: ServerReady, '4xx': inferenceErrors['4xx'], 503: ServerReady },
      },
    },
    async (_request, reply) => {
      const { ready } = await service.readiness();
      return reply.code(ready ? 200 : 503).send({ live: true, ready });
    },
  );
};
