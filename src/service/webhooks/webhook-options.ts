import type { Clock } from '../../ports/clock.ts';
import type { Outbox } from '../../ports/webhooks/outbox.ts';
import type { WebhookSender } from '../../ports/webhooks/sender.ts';

export interface WebhookOptions {
  readonly sender: WebhookSender;
  /** 32 bytes that encrypt secrets. Null: none is set, and no webhook can be created. */
  readonly key: Buffer | null;
  readonly randomBytes: (size: number) => Buffer;
  /** The wait before each attempt after the first. */
  readonly retryAfterMs: readonly number[];
  /** Maximum number of messages to one webhook that wait. */
  readonly mostWaiting: number;
}

/** What the use cases of webhooks share. */
export interface WebhookParts extends WebhookOptions {
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/** Maximum number of webhooks of one tenant. */
export const MAX_WEBHOOKS = 20;
