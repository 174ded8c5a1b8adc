import { createHash } from 'node:crypto';
import type { TenantId } from '../task.ts';
import type { TEST_EVENT, WebhookEvent } from './events.ts';

export const DELIVERY_STATUSES = ['waiting', 'succeeded', 'failed', 'dropped'] as const;

/** The end of an adaptation that a held delivery is about. */
export interface ExpectedEnd {
  readonly task: string;
  readonly adaptation: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string;
}

/** One message to one webhook. `tenant`, `webhook` and `id` name it. */
export interface Delivery {
  readonly tenant: TenantId;
  readonly webhook: string;
  /** The `webhook-id` of each attempt. Ids sort by time of creation. */
  readonly id: string;
  readonly event: WebhookEvent | typeof TEST_EVENT;
  /** The JSON that is sent, the same in each attempt. */
  readonly body: string;
  readonly createdAt: string;
  /**
   * `held`: written before the end of an adaptation; it is sent once the record has that end, and is removed when the record
   * ends otherwise. `dropped`: never sent, because too many were waiting or the webhook was disabled.
   */
  readonly status: 'held' | (typeof DELIVERY_STATUSES)[number];
  /** Attempts that have begun. */
  readonly attempts: number;
  /**
   * When it is handled next, in milliseconds since 1970. Null once it has ended. Each change has another value, so it also
   * shows a process whether another process has changed the delivery in between.
   */
  readonly dueAt: number | null;
  /** The HTTP status of the last answer. */
  readonly response: number | null;
  /** Why the last attempt failed, or why the delivery was dropped. */
  readonly error: string | null;
  /** For deliveries that are or were held. */
  readonly end?: ExpectedEnd;
}

/** The result of one attempt. Without an answer, `status` is null and `error` says why. */
export interface Attempt {
  readonly status: number | null;
  readonly error: string | null;
}

/** Maximum number of ended deliveries that are kept of one webhook. */
export const KEPT_DELIVERIES = 50;

/** For this long, a delivery that a process has begun to send is left to that process. Longer than any attempt. */
const LEASE_MS = 30_000;
/** After this time, a held delivery is compared with its record. */
const HOLD_MS = 2000;
/** The status by which a receiver ends the webhook. */
const GONE = 410;

/** `msg_`, the time in 12 hexadecimal digits, and 20 random ones. */
export function messageId(now: Date, randomBytes: (size: number) => Buffer): string {
  return `msg_${now.getTime().toString(16).padStart(12, '0')}${randomBytes(10).toString('hex')}`;
}

export function hasSettled({ status }: Delivery): boolean {
  return status !== 'held' && status !== 'waiting';
}

/** The delivery while it waits for the end of its adaptation. */
export function held(delivery: Delivery, now: Date): Delivery {
  return { ...delivery, status: 'held', dueAt: now.getTime() + HOLD_MS };
}

/** A held delivery whose adaptation has ended as it says. */
export function released(delivery: Delivery, now: Date): Delivery {
  return { ...delivery, status: 'waiting', dueAt: now.getTime() };
}

/** The delivery when an attempt begins. A process that dies during the attempt has used it up. */
export function claimed(delivery: Delivery, now: Date): Delivery {
  return { ...delivery, attempts: delivery.attempts + 1, dueAt: now.getTime() + LEASE_MS };
}

export function dropped(delivery: Delivery, error: string): Delivery {
  return { ...delivery, status: 'dropped', dueAt: null, error };
}

/** The delivery after an attempt. `retryAfterMs` has the wait before each further attempt. */
export function attempted(
  delivery: Delivery,
  { status, error }: Attempt,
  retryAfterMs: readonly number[],
  now: Date,
): Delivery {
  const answered = { ...delivery, response: status, error };
  if (status !== null && status >= 200 && status < 300)
    return { ...answered, status: 'succeeded', dueAt: null };
  const wait = status === GONE ? undefined : retryAfterMs[delivery.attempts - 1];
  const reason = error ?? `The receiver answered ${status}`;
  if (wait === undefined) return { ...answered, status: 'failed', dueAt: null, error: reason };
  return { ...answered, error: reason, dueAt: now.getTime() + Math.round(wait * (1 + jitter(delivery))) };
}

/**
 * From 0 to 0.2, so that messages that failed together are not repeated together. It is a hash of message and attempt, so
 * it is the same in every process.
 */
function jitter({ webhook, id, attempts }: Delivery): number {
  const hash = createHash('sha256').update(`${webhook}/${id}/${attempts}`).digest();
  return (0.2 * hash.readUInt32BE(0)) / 2 ** 32;
}

/** Why a failed delivery disables its webhook. */
export function reasonToDisable({ response, attempts, error }: Delivery): string {
  if (response === GONE) return 'The receiver answered 410: it does not want events any more';
  return `A message failed ${attempts} times; the last time: ${error}`;
}
