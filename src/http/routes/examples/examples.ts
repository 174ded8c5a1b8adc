import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Erasure } from '../../../service/examples/use-cases.ts';
import type { Service } from '../../../service/service.ts';
import { tenantOf } from '../../admission/access.ts';
import {
  Erased,
  EraseQuery,
  Example,
  ExampleList,
  ExampleParams,
  ExamplePatch,
  ExamplesQuery,
  exampleBody,
} from '../../schemas/examples.ts';
import { listBody, pageRequest } from '../../schemas/shared/list.ts';
import { problems } from '../../schemas/shared/problem.ts';
import { TaskParams } from '../../schemas/tasks.ts';

export const exampleRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.get(
    '/tasks/:task/examples',
    {
      config: { access: 'teach' },
      schema: {
        operationId: 'listExamples',
        summary: 'List the examples of a task',
        description:
          'Lists the examples of the task, in pages. The oldest is the first. A task has none before `adapt`.',
        tags: ['examples'],
        params: TaskParams,
        querystring: ExamplesQuery,
        response: { 200: ExampleList, ...problems },
      },
    },
    async (request) => {
      const { params, query } = request;
      const { label, source } = query;
      const page = await service.examples(tenantOf(request), params.task, pageRequest(query), {
        label,
        source,
      });
      return listBody(page, (each) => exampleBody(each, 'examples/'));
    },
  );

  app.get(
    '/tasks/:task/examples/:example',
    {
      config: { access: 'teach' },
      schema: {
        operationId: 'getExample',
        summary: 'Read one example',
        description:
          'Returns an example without its content. Examples that only older adaptations have learnt from are found, too.',
        tags: ['examples'],
        params: ExampleParams,
        response: { 200: Example, ...problems },
      },
    },
    async (request) => {
      const { task, example } = request.params;
      return exampleBody(await service.example(tenantOf(request), task, example), '');
    },
  );

  app.patch(
    '/tasks/:task/examples/:example',
    {
      config: { access: 'teach' },
      schema: {
        operationId: 'relabelExample',
        summary: 'Give an example another label',
        description:
          'Replaces the label of an example, or its target. This confirms an example from feedback, so it gets its full weight. The task is `stale` until `readapt`: its current adaptation still answers, and existing adaptations do not change. Simultaneous edits are applied one after the other.',
        tags: ['examples'],
        params: ExampleParams,
        body: ExamplePatch,
        response: { 200: Example, ...problems },
      },
    },
    async (request) => {
      const { task, example } = request.params;
      return exampleBody(await service.relabel(tenantOf(request), task, example, request.body), '');
    },
  );

  app.delete(
    '/tasks/:task/examples/:example',
    {
      config: { access: 'teach' },
      schema: {
        operationId: 'eraseExample',
        summary: 'Erase an example',
        description:
          'Erases an example at once, with its content and all data that were computed from it. The content stays if another of your examples has it, too. Adaptations that have learnt from it become `erased`: they can neither predict nor be activated. The task answers again after `readapt`. This cannot be undone. The call takes no body.',
        tags: ['examples'],
        params: ExampleParams,
        response: { 200: Erased, ...problems },
      },
    },
    async (request) => {
      const { task, example } = request.params;
      return erasedBody(await service.erase(tenantOf(request), task, { id: example }));
    },
  );

  app.delete(
    '/tasks/:task/examples',
    {
      config: { access: 'teach' },
      schema: {
        operationId: 'eraseExamples',
        summary: 'Erase examples by label or source',
        description:
          'Erases in one step all examples with a label, or of a source, such as `?source=feedback`. If the query has both, an example must match both; if it has neither, the answer is 400. The effect on adaptations is the same as for one example. The call takes no body.',
        tags: ['examples'],
        params: TaskParams,
        querystring: EraseQuery,
        response: { 200: Erased, ...problems },
      },
    },
    async (request) => {
      const { params, query } = request;
      return erasedBody(await service.erase(tenantOf(request), params.task, query));
    },
  );
};

function erasedBody({ examples, adaptations }: Erasure) {
  return { object: 'erasure' as const, examples, adaptations: [...adaptations] };
}
