import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/tenant.ts';
import { ListQuery, listBody, pageRequest } from '../schemas/list.ts';
import { problems } from '../schemas/problem.ts';
import { Task, TaskList, TaskParams, TaskPut, taskBody } from '../schemas/tasks.ts';

export const taskRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.get(
    '/tasks',
    {
      schema: {
        operationId: 'listTasks',
        summary: 'List your tasks',
        description: 'Your tasks in the order of their names, page by page.',
        tags: ['tasks'],
        querystring: ListQuery,
        response: { 200: TaskList, ...problems },
      },
    },
    async (request) => listBody(await service.tasks(tenantOf(request), pageRequest(request.query)), taskBody),
  );

  app.put(
    '/tasks/:task',
    {
      schema: {
        operationId: 'putTask',
        summary: 'Create or update a task',
        description:
          'Creates the task with the given model, or replaces the metadata of the one that is there. The model of a task cannot change: another one is a 409. Metadata that is left out stays as it is.',
        tags: ['tasks'],
        params: TaskParams,
        body: TaskPut,
        response: { 200: Task, 201: Task, ...problems },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      const { task, created } = await service.putTask(tenantOf(request), params.task, body);
      return reply.code(created ? 201 : 200).send(taskBody(task));
    },
  );

  app.get(
    '/tasks/:task',
    {
      schema: {
        operationId: 'getTask',
        summary: 'Read one task',
        description:
          'The task with its metadata, the adaptation that answers its predictions (`current`), the labels it can answer, and where the adapted state is kept at the moment.',
        tags: ['tasks'],
        params: TaskParams,
        response: { 200: Task, ...problems },
      },
    },
    async (request) => taskBody(await service.task(tenantOf(request), request.params.task)),
  );

  app.delete(
    '/tasks/:task',
    {
      schema: {
        operationId: 'deleteTask',
        summary: 'Delete a task',
        description:
          'Deletes the task with its support sets, adaptations and adapted states, and cancels adaptations that wait or run. This cannot be undone. The call takes no body.',
        tags: ['tasks'],
        params: TaskParams,
        response: { 204: Type.Null({ description: 'Deleted.' }), ...problems },
      },
    },
    async (request, reply) => {
      await service.deleteTask(tenantOf(request), request.params.task);
      return reply.code(204).send(null);
    },
  );
};
