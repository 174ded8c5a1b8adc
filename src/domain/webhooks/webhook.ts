import type { TenantId } from '../task.ts';
import type { WebhookEvent } from './events.ts';

/** A secret that signs messages. */
export interface WebhookSecret {
  /** Encrypted. */
  readonly sealed: string;
  /** Set when another secret has replaced it. Until then messages are signed with both. */
  readonly expiresAt: string | null;
}

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

/** How long a replaced secret still signs. */
const OVERLAP_MS = 24 * 3_600_000;

/** The webhook with a new secret. The secret before it signs for another day; older ones no longer do. */
export function rotateSecret(webhook: Webhook, sealed: string, now: Date): Webhook {
  const expiresAt = new Date(now.getTime() + OVERLAP_MS).toISOString();
  const former = webhook.secrets.slice(0, 1).map((each) => ({ ...each, expiresAt }));
  return { ...webhook, secrets: [{ sealed, expiresAt: null }, ...former] };
}

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

/** The secrets that sign a message at `now`. */
export function signingSecrets({ secrets }: Webhook, now: Date): readonly WebhookSecret[] {
  return secrets.filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > now.getTime());
}
