import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../service/service.ts';
import { Live, Ready } from '../schemas/health.ts';

export const healthRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.get(
    '/health/live',
    {
      config: { access: 'probe' },
      schema: {
        operationId: 'live',
        summary: 'Whether the process answers',
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
