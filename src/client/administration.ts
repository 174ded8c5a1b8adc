import { at, type CallOptions } from './resources.ts';
import type { Transport } from './transport.ts';
import type { Answer, Body, Delivery, Query, Tenant, Webhook, WebhookWithSecret } from './types.ts';

/** The calls that need a key with the scope `admin`: webhooks, and the tenant as a whole. */
export function createAdministration({ json, request }: Transport) {
  return {
    webhooks: {
      /** The oldest first. A tenant has few, so they come at once. */
      list: async (call?: CallOptions): Promise<readonly Webhook[]> =>
        (await json<Answer<'listWebhooks'>>('/webhooks', call)).data,
      get: (id: string, call?: CallOptions) => json<Webhook>(at`/webhooks/${id}`, call),
      /** The answer has the secret that signs the messages; it is not shown again. */
      create: (body: Body<'createWebhook'>, call?: CallOptions) =>
        json<WebhookWithSecret>('/webhooks', { method: 'POST', json: body, ...call }),
      delete: async (id: string, call?: CallOptions) => {
        await request(at`/webhooks/${id}`, { method: 'DELETE', ...call });
      },
      /** Another secret. For 24 hours messages are signed with the former one, too. */
      rotate: (id: string, call?: CallOptions) =>
        json<WebhookWithSecret>(at`/webhooks/${id}/rotate`, { method: 'POST', ...call }),
      /** Changes the URL or the events, or disables or enables it. */
      change: (id: string, body: Body<'changeWebhook'>, call?: CallOptions) =>
        json<Webhook>(at`/webhooks/${id}`, { method: 'PATCH', json: body, ...call }),
      /** Sends a test message now, and returns the result. A success enables a disabled webhook. */
      test: (id: string, call?: CallOptions) =>
        json<Delivery>(at`/webhooks/${id}/test`, { method: 'POST', ...call }),
      /** The latest 50 messages, the latest first. */
      deliveries: async (id: string, call?: CallOptions): Promise<readonly Delivery[]> =>
        (await json<Answer<'listDeliveries'>>(at`/webhooks/${id}/deliveries`, call)).data,
    },
    tenant: {
      /** What the tenant of the key uses, and what it may. Any key may read it. */
      get: (call?: CallOptions) => json<Tenant>('/tenant', call),
      /**
       * Erases all data of the tenant of the key, and its keys unless `keepKeys`. `confirm` is the name of the tenant.
       * Returns whether all is erased; if not yet, the server continues.
       */
      async delete(query: Query<'deleteTenant'>, call?: CallOptions): Promise<boolean> {
        return (await request('/tenant', { method: 'DELETE', query, ...call })).status === 204;
      },
    },
  };
}
