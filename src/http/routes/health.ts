import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../service/service.ts';
import { Live, Ready } from '../schemas/health.ts';

interface Options {
  readonly service: Service;
  /** Aborts when the server begins to close. */
  readonly closing: AbortSignal;
}

export const healthRoutes: FastifyPluginAsyncTypebox<Options> = async (app, { service, closing }) => {
  app.get(
    '/health/live',
    {
      logLevel: 'warn',
      schema: {
        operationId: 'live',
        summary: 'Whether the process answers',
        tags: ['health'],
        security: [],
        response: { 200: Live },
      },
    },
    async () => ({ live: true as const }),
  );

  app.get(
    '/health/ready',
    {
      logLevel: 'warn',
      schema: {
        operationId: 'ready',
        summary: 'Whether requests can be served now',
        tags: ['health'],
        security: [],
        response: { 200: Ready, 503: Ready },
      },
    },
    async (_request, reply) => {
      const { ready, checks } = await service.ready();
      const stays = !closing.aborted;
      return reply
        .code(ready && stays ? 200 : 503)
        .send({ ready: ready && stays, checks: { ...checks, stays } });
    },
  );
};
