import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Service } from '../../service/service.ts';
import { mapOf } from '../schemas/shape.ts';

const Live = Type.Object({ live: Type.Literal(true) });

const Ready = Type.Object({
  ready: Type.Boolean(),
  checks: mapOf(Type.Boolean(), { description: 'Each part that requests need, and whether it works.' }),
  executionProvider: Type.String({ description: 'What this process computes on, such as `cpu`.' }),
});

export const healthRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.get(
    '/health/live',
    {
      config: { access: 'probe' },
      schema: {
        operationId: 'live',
        summary: 'Whether the process answers',
        description:
          'Answers 200 while the process can answer at all. For a liveness probe: restart the process when this fails. Needs no key.',
        tags: ['health'],
        response: { 200: Live },
      },
    },
    async () => ({ live: true as const }),
  );

  app.get(
    '/health/ready',
    {
      config: { access: 'probe' },
      schema: {
        operationId: 'ready',
        summary: 'Whether requests can be served now',
        description:
          'Answers 200 when all parts that requests need work, else 503 with the parts that do not. For a readiness probe: send no requests while this fails. Needs no key.',
        tags: ['health'],
        response: { 200: Ready, 503: Ready },
      },
    },
    async (_request, reply) => {
      const answer = await service.readiness();
      return reply.code(answer.ready ? 200 : 503).send(answer);
    },
  );
};
