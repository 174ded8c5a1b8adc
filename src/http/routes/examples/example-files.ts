import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../../service/service.ts';
import { tenantOf } from '../../admission/access.ts';
import { disconnectSignal } from '../../connection/disconnect.ts';
import { CONTENT_FILES, file } from '../../downloads/description.ts';
import { downloadOf } from '../../downloads/download.ts';
import { fileHeaders, fileTypeOf } from '../../downloads/file-headers.ts';
import { DownloadQuery, ExampleParams } from '../../schemas/examples.ts';
import { problems } from '../../schemas/shared/problem.ts';
import { TaskParams } from '../../schemas/tasks.ts';

/** The routes that answer with files. Browsers save them, and never show or keep them. */
export const exampleFileRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (
  app,
  { service },
) => {
  app.get(
    '/tasks/:task/examples/download',
    {
      // HEAD has its own handler below: this handler would read all examples.
      exposeHeadRoute: false,
      config: { access: 'teach' },
      schema: {
        operationId: 'downloadExamples',
        summary: 'Download the examples of a task',
        description:
          'Returns all examples of the task as a file that `adapt` takes: another task that adapts to it has the same support set. For a table, name the column of the labels: `?target=label` (for numbers, `target`). Weights of examples are not part of the file.',
        tags: ['examples'],
        params: TaskParams,
        querystring: DownloadQuery,
        response: {
          200: file('The examples.', ['application/zip', 'text/csv', 'application/x-ndjson']),
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { task } = request.params;
      const examples = await service.examplesToDownload(tenantOf(request), task);
      const { format, mediaType, body } = await downloadOf(
        examples,
        request.query.format,
        disconnectSignal(reply),
      );
      reply.headers(fileHeaders(mediaType, `${task}.${format}`));
      return reply.send(body) as never;
    },
  );

  // Without the headers that depend on the examples.
  app.head(
    '/tasks/:task/examples/download',
    {
      config: { access: 'teach' },
      schema: { hide: true, params: TaskParams, querystring: DownloadQuery },
    },
    async (request, reply) => {
      await service.task(tenantOf(request), request.params.task);
      return reply.header('cache-control', 'private, no-store').send();
    },
  );

  app.get(
    '/tasks/:task/examples/:example/content',
    {
      config: { access: 'teach' },
      schema: {
        operationId: 'getExampleContent',
        summary: 'Download the content of an example',
        description:
          'Returns the content of an example in the form in which it is stored: a text, a row as JSON, a PNG, JPEG or WebP, a WAV of 16 kHz, or the 32-bit numbers of a tensor in little-endian bytes.',
        tags: ['examples'],
        params: ExampleParams,
        response: {
          200: file('The content.', CONTENT_FILES),
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { task, example: id } = request.params;
      const { content } = await service.exampleContent(tenantOf(request), task, id);
      const { mediaType, ending } = fileTypeOf(content);
      reply.headers(fileHeaders(mediaType, `${id}${ending}`));
      return reply.send(content.bytes) as never;
    },
  );

  app.get(
    '/tasks/:task/examples/:example/thumbnail',
    {
      config: { access: 'teach' },
      schema: {
        operationId: 'getExampleThumbnail',
        summary: 'Read the thumbnail of an example',
        description:
          'Returns a WebP of at most 128 pixels on each side. It is made for each call and not stored. If the example is not a picture, the answer is 404.',
        tags: ['examples'],
        params: ExampleParams,
        response: { 200: file('The thumbnail.', ['image/webp']), ...problems },
      },
    },
    async (request, reply) => {
      const { task, example: id } = request.params;
      const picture = await service.exampleThumbnail(tenantOf(request), task, id, disconnectSignal(reply));
      reply.headers(fileHeaders('image/webp', `${id}.webp`));
      return reply.send(picture) as never;
    },
  );
};
