import {
  type Attempt,
  attempted,
  claimed,
  type Delivery,
  dropped,
  hasSettled,
  reasonToDisable,
} from '../../domain/webhooks/delivery.ts';
import { TEST_EVENT } from '../../domain/webhooks/events.ts';
import { signingSecrets } from '../../domain/webhooks/secrets.ts';
import type { Webhook } from '../../domain/webhooks/webhook.ts';
import type { CountDelivery } from './delivery-count.ts';
import type { Publisher } from './publish.ts';
import { unseal } from './secret-encryption.ts';
import { signedHeaders } from './signed-headers.ts';
import type { WebhookParts } from './webhook-options.ts';

interface Parts extends WebhookParts {
  readonly count: CountDelivery;
  readonly settleHeld: Publisher['settleHeld'];
}

export interface Deliverer {
  /** Sends one claimed message, and answers the delivery after the attempt. */
  send(webhook: Webhook, delivery: Delivery): Promise<Delivery>;
  /** Starts to handle what is due. Answers the work of each tenant, which rejects when a delivery could not be handled. */
  round(): Promise<readonly Promise<void>[]>;
}

/** Maximum number of tenants whose messages one process sends at a time, and of messages of each. */
const TENANTS = 16;
const PER_TENANT = 4;

const OTHER_KEY = 'The secret was encrypted with another WEBHOOK_KEY: rotate the secret, or restore the key';

export function createDeliverer(parts: Parts): Deliverer {
  const { outbox, sender, key, clock, count, retryAfterMs, settleHeld } = parts;
  const busy = new Set<string>();

  /** The message's headers. A text: why it cannot be signed. */
  function sign(webhook: Webhook, { id, body }: Delivery): Readonly<Record<string, string>> | string {
    const now = clock.now();
    const opened = signingSecrets(webhook.secrets, now).map(({ sealed }) =>
      key === null ? null : unseal(sealed, `${webhook.tenant}/${webhook.id}`, key),
    );
    const secrets = opened.filter((each) => each !== null);
    if (secrets.length === 0) return OTHER_KEY;
    return signedHeaders(id, Math.floor(now.getTime() / 1000), body, secrets);
  }

  async function attempt(webhook: Webhook, delivery: Delivery): Promise<Attempt> {
    const headers = sign(webhook, delivery);
    if (typeof headers === 'string') return { status: null, error: headers };
    return sender.post(webhook.url, headers, delivery.body);
  }

  async function send(webhook: Webhook, delivery: Delivery): Promise<Delivery> {
    const { tenant, webhook: id, event } = delivery;
    const isTest = event === TEST_EVENT;
    const result = await attempt(webhook, delivery);
    const after = attempted(delivery, result, isTest ? [] : retryAfterMs, clock.now());
    count(hasSettled(after) ? after.status : 'retried');
    // Change the webhook before the delivery ends: if the process dies in between, another attempt repeats both.
    if (after.status === 'failed' && !isTest) {
      const disabled = { at: clock.now().toISOString(), reason: reasonToDisable(after) };
      await outbox.updateWebhook(tenant, id, (each) => ({ ...each, disabled: each.disabled ?? disabled }));
    }
    if (after.status === 'succeeded' && isTest)
      await outbox.updateWebhook(tenant, id, (each) => ({ ...each, disabled: null }));
    await outbox.replace(delivery, after);
    return after;
  }

  async function handle(delivery: Delivery): Promise<void> {
    if (delivery.status === 'held') return settleHeld(delivery);
    const webhook = await outbox.webhook(delivery.tenant, delivery.webhook);
    if (!webhook) return;
    if (webhook.disabled && delivery.event !== TEST_EVENT) {
      const isDropped = await outbox.replace(delivery, dropped(delivery, 'The webhook is disabled'));
      if (isDropped) count('dropped');
      return;
    }
    const claim = claimed(delivery, clock.now());
    if (await outbox.replace(delivery, claim)) await send(webhook, claim);
  }

  return {
    send,
    async round() {
      const tenants = TENANTS - busy.size;
      if (tenants <= 0) return [];
      const now = clock.now().getTime();
      const due = await outbox.due({ now, tenants, perTenant: PER_TENANT, except: busy });
      return [...new Set(due.map(({ tenant }) => tenant))].map(async (tenant) => {
        busy.add(tenant);
        const deliveries = due.filter((each) => each.tenant === tenant);
        const results = await Promise.allSettled(deliveries.map(handle));
        busy.delete(tenant);
        const failure = results.find(({ status }) => status === 'rejected');
        if (failure) throw (failure as PromiseRejectedResult).reason;
      });
    },
  };
}
