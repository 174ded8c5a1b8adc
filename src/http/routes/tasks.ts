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
        summary: 'Your tasks, by name',
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
        summary: 'Create a task on a package, or replace its metadata',
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
        summary: 'One task: its labels, current adaptation and where its state is',
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
        summary: 'Delete a task, its support sets and its adaptations',
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
