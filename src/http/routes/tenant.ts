import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { InnerloopError } from '../../errors.ts';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/access.ts';
import { problems } from '../schemas/shared/problem.ts';
import { Tenant, TenantDeletion, tenantBody } from '../schemas/tenants.ts';

/** How long the call waits for the end of the deletion. */
const WAIT_MS = 20_000;

export const tenantRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.get(
    '/tenant',
    {
      config: { access: 'predict' },
      schema: {
        operationId: 'getTenant',
        summary: 'Read your usage',
        description:
          'Returns how much the tenant of the key stores and has queued, over all its tasks, and its limits.',
        tags: ['tenants'],
        response: { 200: Tenant, ...problems },
      },
    },
    async (request) => {
      const tenant = tenantOf(request);
      return tenantBody(tenant, await service.tenantUsage(tenant));
    },
  );

  app.delete(
    '/tenant',
    {
      config: { access: 'admin' },
      schema: {
        operationId: 'deleteTenant',
        summary: 'Delete all your data',
        description:
          'Deletes everything that belongs to the tenant of the key: its tasks with their examples, adaptations and adapted models, and its keys. `confirm` must be the name of the tenant. Until everything is deleted, other requests of the tenant are refused with 503. An interrupted deletion is finished in the background. This cannot be undone. The call takes no body.',
        tags: ['tenants'],
        querystring: TenantDeletion,
        response: {
          202: Type.Null({ description: 'The deletion has begun, and goes on in the background.' }),
          204: Type.Null({ description: 'Everything is deleted.' }),
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const tenant = tenantOf(request);
      const { confirm, keepKeys = false } = request.query;
      if (confirm !== tenant) throw notConfirmed(tenant, confirm);
      const isDone = await service.deleteTenant(tenant, { keepsKeys: keepKeys, waitMs: WAIT_MS });
      return reply.code(isDone ? 204 : 202).send(null);
    },
  );
};

function notConfirmed(tenant: string, confirm: string): InnerloopError {
  const expected = `the name of the tenant of the key, ${tenant}, as confirm in the query`;
  const got = JSON.stringify(confirm.slice(0, 64));
  return new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, { expected, got });
}
