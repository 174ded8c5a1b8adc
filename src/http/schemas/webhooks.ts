import { type Static, Type } from 'typebox';
import { DELIVERY_STATUSES, type Delivery as DeliveryRecord } from '../../domain/webhooks/delivery.ts';
import { WEBHOOK_EVENTS, webhookEvents } from '../../domain/webhooks/events.ts';
import { WEBHOOK_ID_PATTERN, type Webhook as WebhookRecord } from '../../domain/webhooks/webhook.ts';
import type { NewWebhook } from '../../service/webhooks/webhooks.ts';
import { listOf } from './shared/list.ts';
import { closed, nullable, objectName, oneOf, time } from './shared/shape.ts';

const id = 'whk_0b5c1d7e2f3a4b5c6d7e8f9a0b1c2d3e';

export const WebhookParams = Type.Object({
  webhook: Type.String({
    pattern: WEBHOOK_ID_PATTERN,
    description: 'The id of the webhook, as the answer to its creation says.',
    examples: [id],
  }),
});

const Url = Type.String({
  minLength: 1,
  maxLength: 2048,
  description:
    'The address that messages are posted to: an `https` URL of a host on the public internet, without user name, password and fragment.',
});

const Events = Type.Array(oneOf(WEBHOOK_EVENTS), {
  minItems: 1,
  maxItems: WEBHOOK_EVENTS.length,
  description: `The events that cause a message. ${Object.entries(webhookEvents)
    .map(([name, when]) => `\`${name}\`: ${when}`)
    .join(' ')}`,
});

export const WebhookPost = Type.Object(
  { url: Url, events: Events },
  {
    title: 'WebhookRequest',
    description: 'An address, and the events that cause a message.',
    ...closed,
  },
);

export const WebhookPatch = Type.Object(
  {
    url: Type.Optional(Url),
    events: Type.Optional(Events),
    status: Type.Optional(
      oneOf(['enabled', 'disabled'], {
        description:
          '`disabled`: nothing is sent until it is `enabled` again. Events in between cause no message, also not later.',
      }),
    ),
  },
  {
    title: 'WebhookChange',
    description: 'What changes. Members that are absent stay as they are.',
    minProperties: 1,
    ...closed,
  },
);

const fields = {
  id: Type.String({ description: 'The id of the webhook.' }),
  object: objectName('webhook'),
  url: Type.String({ description: 'The address that messages are posted to.' }),
  events: Type.Array(Type.String(), { description: 'The events that cause a message.' }),
  status: oneOf(['enabled', 'disabled'], {
    description:
      '`disabled`: nothing is sent any more, because a message failed in every attempt, the receiver answered 410, or a call disabled the webhook. A successful test enables it.',
  }),
  disabledAt: nullable(Type.String(), {
    description: 'When it was disabled, in UTC (RFC 3339); null if it is enabled.',
  }),
  disabledReason: nullable(Type.String(), {
    description: 'Why the webhook is disabled; null if it is enabled.',
  }),
  createdAt: time('When it was created'),
} as const;

export const Webhook = Type.Object(fields, {
  title: 'Webhook',
  description: 'A URL that gets a message for each of its events.',
});
export const WebhookList = listOf(Webhook);

export const WebhookWithSecret = Type.Object(
  {
    ...fields,
    secret: Type.String({
      description:
        'The secret that signs the messages (Standard Webhooks, `v1`). It is shown only in this answer.',
    }),
  },
  { title: 'WebhookWithSecret', description: 'A webhook with the secret that signs its messages.' },
);

export const Delivery = Type.Object(
  {
    id: Type.String({ description: 'The header `webhook-id` of every attempt.' }),
    object: objectName('delivery'),
    event: Type.String({ description: 'The event that the message reports.' }),
    status: oneOf(DELIVERY_STATUSES, {
      description:
        '`waiting`: it will be sent at `nextAttemptAt`. `dropped`: it was not sent, and `error` says why.',
    }),
    attempts: Type.Integer({ description: 'Number of attempts so far.' }),
    response: nullable(Type.Integer(), {
      description: 'The HTTP status of the last answer; null if there was none.',
    }),
    error: nullable(Type.String(), {
      description: 'Why the last attempt failed; null if it succeeded, or there was none.',
    }),
    nextAttemptAt: nullable(Type.String(), {
      description: 'When it will be sent (again), in UTC (RFC 3339); null if it will not.',
    }),
    createdAt: time('When the event happened'),
  },
  { title: 'Delivery', description: 'A message to a webhook.' },
);
export const DeliveryList = listOf(Delivery);

export function webhookBody({ id, url, events, disabled, createdAt }: WebhookRecord): Static<typeof Webhook> {
  return {
    id,
    object: 'webhook',
    url,
    events: [...events],
    status: disabled ? 'disabled' : 'enabled',
    disabledAt: disabled?.at ?? null,
    disabledReason: disabled?.reason ?? null,
    createdAt,
  };
}

export function newWebhookBody({ webhook, secret }: NewWebhook): Static<typeof WebhookWithSecret> {
  return { ...webhookBody(webhook), secret };
}

export function deliveryBody(delivery: DeliveryRecord): Static<typeof Delivery> {
  const { id, event, status, attempts, response, error, dueAt, createdAt } = delivery;
  return {
    id,
    object: 'delivery',
    event,
    status: status === 'held' ? 'waiting' : status,
    attempts,
    response,
    error,
    nextAttemptAt: dueAt === null ? null : new Date(dueAt).toISOString(),
    createdAt,
  };
}
