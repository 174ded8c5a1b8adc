import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/access.ts';
import { disconnectSignal } from '../connection/disconnect.ts';
import { CONTENT_FILES, file } from '../downloads/description.ts';
import { fileHeaders, fileTypeOf } from '../downloads/file-headers.ts';
import { PredictionParams } from '../schemas/predictions/feedback.ts';
import { Kept, keptBody } from '../schemas/predictions/review.ts';
import { problems } from '../schemas/shared/problem.ts';

/** Predictions that tasks keep. Browsers save their files, and never show or keep them. */
export const keptPredictionRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (
  app,
  { service },
) => {
  app.get(
    '/tasks/:task/predictions/:prediction',
    {
      config: { access: 'feedback' },
      schema: {
        operationId: 'getPrediction',
        summary: 'Read a kept prediction',
        description:
          'Returns a prediction that the task keeps. If its time is over, or newer ones have taken its place, the answer is 410.',
        tags: ['feedback'],
        params: PredictionParams,
        response: { 200: Kept, ...problems },
      },
    },
    async (request) => {
      const { task, prediction: id } = request.params;
      return keptBody(await service.keptPrediction(tenantOf(request), task, id), '');
    },
  );

  app.get(
    '/tasks/:task/predictions/:prediction/content',
    {
      config: { access: 'feedback' },
      schema: {
        operationId: 'getPredictionContent',
        summary: 'Download the input of a kept prediction',
        description: 'Returns the input in the form in which examples are stored.',
        tags: ['feedback'],
        params: PredictionParams,
        response: { 200: file('The input.', CONTENT_FILES), ...problems },
      },
    },
    async (request, reply) => {
      const { task, prediction: id } = request.params;
      const content = await service.keptContent(tenantOf(request), task, id);
      const { mediaType, ending } = fileTypeOf(content);
      reply.headers(fileHeaders(mediaType, `${id}${ending}`));
      return reply.send(content.bytes) as never;
    },
  );

  app.get(
    '/tasks/:task/predictions/:prediction/thumbnail',
    {
      config: { access: 'feedback' },
      schema: {
        operationId: 'getPredictionThumbnail',
        summary: 'Read the thumbnail of a kept prediction',
        description:
          'Returns a WebP of at most 128 pixels on each side. If the input is not a picture, the answer is 404.',
        tags: ['feedback'],
        params: PredictionParams,
        response: { 200: file('The thumbnail.', ['image/webp']), ...problems },
      },
    },
    async (request, reply) => {
      const { task, prediction: id } = request.params;
      const picture = await service.keptThumbnail(tenantOf(request), task, id, disconnectSignal(reply));
      reply.headers(fileHeaders('image/webp', `${id}.webp`));
      return reply.send(picture) as never;
    },
  );
};
