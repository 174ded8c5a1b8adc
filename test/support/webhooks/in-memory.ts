import { createHash, randomBytes } from 'node:crypto';
import type { Attempt } from '../../../src/domain/webhooks/delivery.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { WebhookSender } from '../../../src/ports/webhooks/sender.ts';
import type { WebhookOptions } from '../../../src/service/webhooks/webhook-options.ts';

export interface SentMessage {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A sender that keeps each message, and answers as `answer` says. */
export function recordingSender(
  answer: (message: SentMessage) => Attempt | Promise<Attempt>,
): WebhookSender & {
  readonly sent: SentMessage[];
} {
  const sent: SentMessage[] = [];
  return {
    sent,
    refusal: (url) => (url.startsWith('https:') ? null : 'an https URL'),
    async post(url, headers, body) {
      const message = { url, headers, body };
      sent.push(message);
      return answer(message);
    },
  };
}

export const ok: Attempt = { status: 204, error: null };

export const TEST_KEY = createHash('sha256').update('a key for tests').digest();

/** Webhooks in memory. A message is sent three times. */
export function webhookOptions(change: Partial<WebhookOptions> = {}): WebhookOptions {
  return {
    sender: recordingSender(() => ok),
    key: TEST_KEY,
    randomBytes,
    retryAfterMs: [5000, 300_000],
    mostWaiting: 100,
    ...change,
  };
}

/** A clock that stands still until `pass` is called. */
export function manualClock(start = Date.UTC(2026, 0, 1)): Clock & { pass(ms: number): void } {
  let now = start;
  return {
    now: () => new Date(now),
    pass(ms) {
      now += ms;
    },
  };
}
