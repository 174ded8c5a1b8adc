import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/access.ts';
import { ListQuery, listBody, pageRequest } from '../schemas/shared/list.ts';
import { problems } from '../schemas/shared/problem.ts';
import { Task, TaskList, TaskParams, TaskPut, taskBody } from '../schemas/tasks.ts';

export const taskRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.get(
    '/tasks',
    {
      config: { access: 'predict' },
      schema: {
        operationId: 'listTasks',
        summary: 'List your tasks',
        description: 'Lists your tasks in pages, ordered by id.',
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
      config: { access: 'teach' },
      schema: {
        operationId: 'putTask',
        summary: 'Create or update a task',
        description:
          'Creates the task with the given model. If the task exists, its metadata and settings in the body replace the stored ones; absent ones do not change. A task with the model `auto` takes the model in the body. The model of any other task changes only by `readapt`: if the body names another one, the answer is 409.',
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
      config: { access: 'predict' },
      schema: {
        operationId: 'getTask',
        summary: 'Read one task',
        description:
          'Returns the task with its metadata, the adaptation that answers its predictions (`current`), the labels that predictions can have (`labels`), and the place where the adapted model is stored now (`residency`).',
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
      config: { access: 'admin' },
      schema: {
        operationId: 'deleteTask',
        summary: 'Delete a task',
        description:
          'Deletes the task and all its examples, adaptations and adapted models. Adaptations that are queued or running are cancelled. This cannot be undone. The call takes no body.',
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
