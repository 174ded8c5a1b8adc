import type { TenantId } from '../../domain/task.ts';
import { claimed, type Delivery, KEPT_DELIVERIES, messageId } from '../../domain/webhooks/delivery.ts';
import { messageBody, TEST_EVENT, type WebhookEvent } from '../../domain/webhooks/events.ts';
import { rotateSecrets } from '../../domain/webhooks/secrets.ts';
import {
  changeWebhook,
  WEBHOOK_ID_PATTERN,
  type Webhook,
  type WebhookChange,
} from '../../domain/webhooks/webhook.ts';
import { InnerloopError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import { type Meter, noMeter } from '../../ports/telemetry.ts';
import type { Outbox } from '../../ports/webhooks/outbox.ts';
import { createDeliverer } from './deliver.ts';
import { createDeliveryCount } from './delivery-count.ts';
import { createDeliveryLoop } from './delivery-loop.ts';
import { createPublisher, type Publisher } from './publish.ts';
import { newSecret, seal } from './secret-encryption.ts';
import { MAX_WEBHOOKS, type WebhookOptions } from './webhook-options.ts';

/** A webhook with its secret, which is not shown again. */
export interface NewWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** Webhooks of tenants. @throws `webhook_not_found` for an id that is not the tenant's */
export interface Webhooks extends Pick<Publisher, 'publish' | 'publishEnd'> {
  /** @throws `invalid_request` for a URL that nothing is sent to; `quota_exceeded`; `webhooks_not_configured` */
  create(
    tenant: TenantId,
    request: { readonly url: string; readonly events: readonly WebhookEvent[] },
  ): Promise<NewWebhook>;
  /** Oldest first. */
  list(tenant: TenantId): Promise<readonly Webhook[]>;
  get(tenant: TenantId, id: string): Promise<Webhook>;
  /** Messages that wait go to the new URL. @throws `invalid_request` for a URL that nothing is sent to */
  change(tenant: TenantId, id: string, change: WebhookChange): Promise<Webhook>;
  /** Also removes its messages. */
  remove(tenant: TenantId, id: string): Promise<void>;
  /** The former secret signs for another day, beside the new one. @throws `webhooks_not_configured` */
  rotate(tenant: TenantId, id: string): Promise<NewWebhook>;
  /** Sends a message now, once. When it succeeds, a disabled webhook is enabled. */
  test(tenant: TenantId, id: string): Promise<Delivery>;
  /** The latest ones, the latest first. */
  deliveries(tenant: TenantId, id: string): Promise<readonly Delivery[]>;
  /** Sends all messages that are due now. For tests. */
  deliverDue(): Promise<void>;
  /** Sends messages when they are due, until disposal, which resolves when no attempt is in progress. */
  start(): AsyncDisposable;
}

interface Parts {
  /** Without it, or without `outbox`, there are no webhooks. */
  readonly webhooks?: WebhookOptions | undefined;
  readonly outbox?: Outbox | undefined;
  readonly store: Pick<TaskStore, 'adaptation'>;
  readonly clock: Clock;
  readonly meter?: Meter | undefined;
  onError(error: unknown): void;
}

const ID = new RegExp(WEBHOOK_ID_PATTERN);
const ID_BYTES = 16;

export function createWebhooks({
  webhooks: options,
  outbox,
  store,
  clock,
  meter = noMeter,
  onError,
}: Parts): Webhooks {
  if (!options || !outbox) return noWebhooks;
  const { sender, key, randomBytes } = options;
  const parts = { ...options, outbox, store, clock, count: createDeliveryCount(meter), onError };
  const { settleHeld, publish, publishEnd } = createPublisher({ ...parts, onDue: () => loop.wake() });
  const { send, round } = createDeliverer({ ...parts, settleHeld });
  const loop = createDeliveryLoop({ round, onError });

  const find = async (tenant: TenantId, id: string): Promise<Webhook> => {
    const found = ID.test(id) ? await outbox.webhook(tenant, id) : null;
    if (!found) throw webhookNotFound(id);
    return found;
  };

  /** A new secret and its encrypted form. @throws `webhooks_not_configured` */
  function createSecret(tenant: TenantId, id: string) {
    if (key === null) throw notConfigured();
    const secret = newSecret(randomBytes);
    return { secret, sealed: seal(secret, `${tenant}/${id}`, key, randomBytes) };
  }

  /** The URL in its normal form. @throws InnerloopError `invalid_request` */
  function requireAllowed(url: string): string {
    const refusal = sender.refusal(url);
    if (refusal !== null) throw refusedUrl(refusal, url);
    return new URL(url).href;
  }

  return {
    publish,
    publishEnd,

    async create(tenant, { url, events }) {
      const href = requireAllowed(url);
      const id = `whk_${randomBytes(ID_BYTES).toString('hex')}`;
      const { secret, sealed } = createSecret(tenant, id);
      const webhook: Webhook = {
        id,
        tenant,
        url: href,
        events: [...new Set(events)],
        secrets: [{ sealed, expiresAt: null }],
        createdAt: clock.now().toISOString(),
        disabled: null,
      };
      if (!(await outbox.addWebhook(webhook, MAX_WEBHOOKS))) throw tooMany();
      return { webhook, secret };
    },

    list: (tenant) => outbox.webhooks(tenant),
    get: find,

    async change(tenant, id, { url, ...change }) {
      await find(tenant, id);
      const checked = { ...change, ...(url !== undefined && { url: requireAllowed(url) }) };
      const changed = await outbox.updateWebhook(tenant, id, (each) =>
        changeWebhook(each, checked, clock.now()),
      );
      if (!changed) throw webhookNotFound(id);
      return changed;
    },

    async remove(tenant, id) {
      const isRemoved = ID.test(id) && (await outbox.removeWebhook(tenant, id));
      if (!isRemoved) throw webhookNotFound(id);
    },

    async rotate(tenant, id) {
      await find(tenant, id);
      const { secret, sealed } = createSecret(tenant, id);
      const webhook = await outbox.updateWebhook(tenant, id, (each) => ({
        ...each,
        secrets: rotateSecrets(each.secrets, sealed, clock.now()),
      }));
      if (!webhook) throw webhookNotFound(id);
      return { webhook, secret };
    },

    async test(tenant, id) {
      const webhook = await find(tenant, id);
      const now = clock.now();
      const createdAt = now.toISOString();
      const message = messageId(now, randomBytes);
      const body = messageBody(TEST_EVENT, createdAt, { webhook: id });
      const fixed = { tenant, webhook: id, id: message, event: TEST_EVENT, body, createdAt } as const;
      const none = { status: 'waiting', attempts: 0, dueAt: null, response: null, error: null } as const;
      const delivery = claimed({ ...fixed, ...none }, now);
      // If this process dies, another one sends it.
      if (!(await outbox.add(delivery, Number.MAX_SAFE_INTEGER))) throw webhookNotFound(id);
      return send(webhook, delivery);
    },

    async deliveries(tenant, id) {
      await find(tenant, id);
      const latest = await outbox.deliveries(tenant, id, KEPT_DELIVERIES);
      return latest.filter(({ status }) => status !== 'held');
    },

    deliverDue: async () => void (await Promise.all(await round())),
    start: loop.start,
  };
}

/** For a service without webhooks. */
const noWebhooks: Webhooks = {
  publish: async () => undefined,
  publishEnd: (_ended, write) => write(),
  create: () => Promise.reject(notConfigured()),
  list: async () => [],
  get: (_tenant, id) => Promise.reject(webhookNotFound(id)),
  change: (_tenant, id) => Promise.reject(webhookNotFound(id)),
  remove: (_tenant, id) => Promise.reject(webhookNotFound(id)),
  rotate: (_tenant, id) => Promise.reject(webhookNotFound(id)),
  test: (_tenant, id) => Promise.reject(webhookNotFound(id)),
  deliveries: (_tenant, id) => Promise.reject(webhookNotFound(id)),
  deliverDue: async () => undefined,
  start: () => ({ [Symbol.asyncDispose]: async () => undefined }),
};

function webhookNotFound(id: string): InnerloopError {
  return new InnerloopError('webhook_not_found', 'There is no such webhook', { got: id.slice(0, 64) });
}

function notConfigured(): InnerloopError {
  const expected = 'the setting WEBHOOK_KEY';
  return new InnerloopError(
    'webhooks_not_configured',
    `Webhooks need a key that encrypts their secrets: ask the operator for ${expected}`,
    { expected, got: 'none' },
  );
}

function refusedUrl(expected: string, url: string): InnerloopError {
  const got = url.slice(0, 256);
  return new InnerloopError('invalid_request', `Expected ${expected} at /url, got ${JSON.stringify(got)}`, {
    pointer: '/url',
    expected,
    got,
  });
}

function tooMany(): InnerloopError {
  return new InnerloopError('quota_exceeded', `Expected at most ${MAX_WEBHOOKS} webhooks: delete one first`, {
    expected: `at most ${MAX_WEBHOOKS} webhooks`,
  });
}
