import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/access.ts';
import type { CountWaitingRequest } from '../admission/waiting-requests.ts';
import { listBody } from '../schemas/shared/list.ts';
import { problems } from '../schemas/shared/problem.ts';
import {
  Delivery,
  DeliveryList,
  deliveryBody,
  newWebhookBody,
  Webhook,
  WebhookList,
  WebhookParams,
  WebhookPatch,
  WebhookPost,
  WebhookWithSecret,
  webhookBody,
} from '../schemas/webhooks.ts';

const tags = ['webhooks'];
/** A webhook gets messages about all tasks of the tenant. */
const config = { access: 'admin' } as const;
const whole = <Item>(data: readonly Item[]) => ({ data, nextCursor: null });

interface Options {
  readonly service: Service;
  readonly countWaiting: CountWaitingRequest;
}

export const webhookRoutes: FastifyPluginAsyncTypebox<Options> = async (app, { service, countWaiting }) => {
  app.post(
    '/webhooks',
    {
      config,
      schema: {
        operationId: 'createWebhook',
        summary: 'Create a webhook',
        description:
          'Registers a URL to which the service posts a message for each event, signed by the Standard Webhooks specification. Success is a status from 200 to 299 within 5 seconds; redirects are not followed. Otherwise the message is sent again with the same `webhook-id`, by default at most 9 times; then the webhook is disabled, and with the status 410 at once. A message can arrive twice. The answer contains the secret that signs the messages; it is not shown again.',
        tags,
        body: WebhookPost,
        response: { 201: WebhookWithSecret, ...problems },
      },
    },
    async (request, reply) => {
      const created = await service.webhooks.create(tenantOf(request), request.body);
      reply.header('location', `webhooks/${created.webhook.id}`).header('cache-control', 'no-store');
      return reply.code(201).send(newWebhookBody(created));
    },
  );

  app.get(
    '/webhooks',
    {
      config,
      schema: {
        operationId: 'listWebhooks',
        summary: 'List your webhooks',
        description: 'Lists all your webhooks, the oldest first. There are at most 20.',
        tags,
        response: { 200: WebhookList, ...problems },
      },
    },
    async (request) => listBody(whole(await service.webhooks.list(tenantOf(request))), webhookBody),
  );

  app.get(
    '/webhooks/:webhook',
    {
      config,
      schema: {
        operationId: 'getWebhook',
        summary: 'Read one webhook',
        description: 'Returns the webhook without its secret. If it is disabled, the answer says why.',
        tags,
        params: WebhookParams,
        response: { 200: Webhook, ...problems },
      },
    },
    async (request) => webhookBody(await service.webhooks.get(tenantOf(request), request.params.webhook)),
  );

  app.patch(
    '/webhooks/:webhook',
    {
      config,
      schema: {
        operationId: 'changeWebhook',
        summary: 'Change a webhook',
        description:
          'Changes the URL or the events, or disables or enables the webhook. Its id and its secret stay. Messages that wait are sent to the new URL; while the webhook is disabled, they are dropped when they are due.',
        tags,
        params: WebhookParams,
        body: WebhookPatch,
        response: { 200: Webhook, ...problems },
      },
    },
    async (request) => {
      const { webhook } = request.params;
      return webhookBody(await service.webhooks.change(tenantOf(request), webhook, request.body));
    },
  );

  app.delete(
    '/webhooks/:webhook',
    {
      config,
      schema: {
        operationId: 'deleteWebhook',
        summary: 'Delete a webhook',
        description: 'Deletes the webhook with its waiting messages. The call takes no body.',
        tags,
        params: WebhookParams,
        response: { 204: Type.Null({ description: 'Deleted.' }), ...problems },
      },
    },
    async (request, reply) => {
      await service.webhooks.remove(tenantOf(request), request.params.webhook);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/webhooks/:webhook/rotate',
    {
      config,
      schema: {
        operationId: 'rotateWebhookSecret',
        summary: 'Replace the secret of a webhook',
        description:
          'Creates another secret and returns it; it is not shown again. For 24 hours, messages are signed with both the new and the former secret. The call takes no body.',
        tags,
        params: WebhookParams,
        response: { 200: WebhookWithSecret, ...problems },
      },
    },
    async (request, reply) => {
      const rotated = await service.webhooks.rotate(tenantOf(request), request.params.webhook);
      return reply.header('cache-control', 'no-store').send(newWebhookBody(rotated));
    },
  );

  app.post(
    '/webhooks/:webhook/test',
    {
      config,
      schema: {
        operationId: 'testWebhook',
        summary: 'Send a test message to a webhook',
        description:
          'Sends a message of the type `webhook.test` now, once, and returns the answer of the receiver. If it succeeds, a disabled webhook is enabled. The call takes no body.',
        tags,
        params: WebhookParams,
        response: { 200: Delivery, ...problems },
      },
    },
    async (request, reply) => {
      countWaiting(request, reply);
      return deliveryBody(await service.webhooks.test(tenantOf(request), request.params.webhook));
    },
  );

  app.get(
    '/webhooks/:webhook/deliveries',
    {
      config,
      schema: {
        operationId: 'listDeliveries',
        summary: 'List the latest messages to a webhook',
        description: 'Lists the latest 50 messages to the webhook, the latest first.',
        tags,
        params: WebhookParams,
        response: { 200: DeliveryList, ...problems },
      },
    },
    async (request) => {
      const latest = await service.webhooks.deliveries(tenantOf(request), request.params.webhook);
      return listBody(whole(latest), deliveryBody);
    },
  );
};
