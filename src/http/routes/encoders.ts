import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../service/service.ts';
import { Encoder, EncoderList, EncoderParams, encoderBody } from '../schemas/encoders.ts';
import { listBody } from '../schemas/shared/list.ts';
import { problems } from '../schemas/shared/problem.ts';

export const encoderRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.get(
    '/encoders',
    {
      config: { access: 'predict' },
      schema: {
        operationId: 'listEncoders',
        summary: 'List the encoders',
        description:
          'Lists the encoders of the packages of this service. An encoder is a frozen network that turns a picture, a text, a sound or an array of numbers into features; many packages can read the features of the same encoder. The list has only one page.',
        tags: ['models'],
        response: { 200: EncoderList, ...problems },
      },
    },
    async () => listBody({ data: service.encoders(), nextCursor: null }, encoderBody),
  );

  app.get(
    '/encoders/:name',
    {
      config: { access: 'predict' },
      schema: {
        operationId: 'getEncoder',
        summary: 'Read one encoder',
        description:
          'Returns how the encoder prepares its inputs, its number of features, its digest, its licence, and the files that it was made from.',
        tags: ['models'],
        params: EncoderParams,
        response: { 200: Encoder, ...problems },
      },
    },
    async ({ params }) => encoderBody(service.encoder(params.name)),
  );
};
