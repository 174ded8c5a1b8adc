/** The events that webhooks can subscribe to, and when each happens. To add an event, add its line, and publish it. */
export const webhookEvents = Object.freeze({
  'adaptation.succeeded': 'An adaptation has succeeded.',
  'adaptation.failed': 'An adaptation has failed. `error` says why.',
  'adaptation.cancelled': 'An adaptation was cancelled before it ended.',
  'drift.detected': 'The inputs of a monitored task have changed. Sent once for each drift.',
  'feedback.gate_held':
    'An adaptation to feedback, or by `readapt`, has succeeded, but is worse than the current one on the examples that both have. So it did not become the current one. `gate` has the numbers.',
} as const);

export type WebhookEvent = keyof typeof webhookEvents;

export const WEBHOOK_EVENTS = Object.freeze(Object.keys(webhookEvents)) as readonly WebhookEvent[];

/** Sent only on request, to one webhook. */
export const TEST_EVENT = 'webhook.test';

/** A JSON value's members. */
export type EventData = Readonly<Record<string, unknown>>;

/** The body of a message, as the Standard Webhooks specification has it. `timestamp` is when the event happened. */
export function messageBody(
  type: WebhookEvent | typeof TEST_EVENT,
  timestamp: string,
  data: EventData,
): string {
  return JSON.stringify({ type, timestamp, data });
}
