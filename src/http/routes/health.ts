import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Service } from '../../service/service.ts';
import { problems } from '../schemas/shared/problem.ts';
import { mapOf } from '../schemas/shared/shape.ts';

const Live = Type.Object(
  { live: Type.Literal(true, { description: 'Always true.' }) },
  { title: 'Liveness', description: 'The process is alive.' },
);

const Ready = Type.Object(
  {
    ready: Type.Boolean({ description: 'Whether all parts work.' }),
    checks: mapOf(Type.Boolean(), {
      description: 'For each part that requests need: true if the part works, otherwise false.',
    }),
    executionProvider: Type.String({ description: 'The hardware that runs the models, such as `cpu`.' }),
  },
  { title: 'Readiness', description: 'Whether the service is ready, and which parts work.' },
);

export const healthRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.get(
    '/health/live',
    {
      config: { access: 'probe' },
      schema: {
        operationId: 'getLiveness',
        summary: 'Check whether the process is alive',
        description:
          'Answers 200 as long as the process can answer. Use it as a liveness probe: restart the process if this call fails. The call needs no key.',
        tags: ['health'],
        response: { 200: Live, '4xx': problems['4xx'] },
      },
    },
    async () => ({ live: true as const }),
  );

  app.get(
    '/health/ready',
    {
      config: { access: 'probe' },
      schema: {
        operationId: 'getReadiness',
        summary: 'Check whether the service is ready',
        description:
          'Answers 200 if all parts that requests need work, otherwise 503; `checks` shows the parts that do not work. Use it as a readiness probe: send no requests while this call fails. The call needs no key.',
        tags: ['health'],
        response: { 200: Ready, '4xx': problems['4xx'], 503: Ready },
      },
    },
    async (_request, reply) => {
      const answer = await service.readiness();
      return reply.code(answer.ready ? 200 : 503).send(answer);
    },
  );
};
