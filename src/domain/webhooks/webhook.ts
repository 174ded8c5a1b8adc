import type { TenantId } from '../task.ts';
import type { WebhookEvent } from './events.ts';
import type { WebhookSecret } from './secrets.ts';

/** An address of a tenant that gets a message for each of its events. */
export interface Webhook {
  readonly id: string;
  readonly tenant: TenantId;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  /** The newest first. */
  readonly secrets: readonly WebhookSecret[];
  readonly createdAt: string;
  /** Set when the service has given up, or a caller has disabled it. Nothing is sent then. */
  readonly disabled: { readonly at: string; readonly reason: string } | null;
}

export const WEBHOOK_ID_PATTERN = '^whk_[0-9a-f]{32}$';

/** What a caller changes of a webhook. Absent members stay. */
export interface WebhookChange {
  readonly url?: string | undefined;
  readonly events?: readonly WebhookEvent[] | undefined;
  readonly status?: 'enabled' | 'disabled' | undefined;
}

/** The webhook after the change. One that is disabled already keeps its reason. */
export function changeWebhook(webhook: Webhook, change: WebhookChange, now: Date): Webhook {
  const { url = webhook.url, events = webhook.events, status } = change;
  const switchedOff = webhook.disabled ?? { at: now.toISOString(), reason: 'It was disabled by a call' };
  const switched = status === 'disabled' ? switchedOff : null;
  return {
    ...webhook,
    url,
    events: [...new Set(events)],
    disabled: status === undefined ? webhook.disabled : switched,
  };
}
