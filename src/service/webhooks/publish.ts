import { createHash } from 'node:crypto';
import type { Adaptation } from '../../domain/adaptation.ts';
import type { TenantId } from '../../domain/task.ts';
import {
  type Delivery,
  dropped,
  type ExpectedEnd,
  held,
  messageId,
  released,
} from '../../domain/webhooks/delivery.ts';
import { eventsOfEnd } from '../../domain/webhooks/ends.ts';
import { type EventData, messageBody, type WebhookEvent } from '../../domain/webhooks/events.ts';
import { isUnavailable } from '../../errors.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { CountDelivery } from './delivery-count.ts';
import type { WebhookParts } from './webhook-options.ts';

interface Parts extends WebhookParts {
  readonly store: Pick<TaskStore, 'adaptation'>;
  readonly count: CountDelivery;
  /** Called when a delivery has become due. */
  onDue(): void;
  onError(error: unknown): void;
}

/** The key that distinguishes events of the same type and tenant. */
export interface EventName {
  readonly at: Date;
  /** Such as the task. */
  readonly of: readonly string[];
}

export interface Publisher {
  /**
   * Stores a message about an event for each of the tenant's webhooks. When the promise resolves, the messages survive a
   * crash. `data` is sent as it is, so it must contain no inputs. Call it from work that is repeated after a crash: an
   * event has one message to each webhook, however often it is published.
   */
  publish(tenant: TenantId, event: WebhookEvent, name: EventName, data: EventData): Promise<void>;
  /**
   * Calls `write`, which ends an adaptation as `ended`, and publishes this end if it was written. Messages are stored before
   * the end is written, and held until it is. So if the process dies in between, no event is lost, and no event is sent that
   * did not happen. May be called again after an error: each event of an end has one message.
   */
  publishEnd(ended: Adaptation, write: () => Promise<Adaptation | null>): Promise<Adaptation | null>;
  /** Settles a held delivery that is due because its process has died or is slow. */
  settleHeld(delivery: Delivery): Promise<void>;
}

const TOO_MANY = 'Too many messages were waiting for this webhook';

export function createPublisher(parts: Parts): Publisher {
  const { outbox, store, clock, mostWaiting, count, onDue, onError } = parts;

  /** One message for each webhook that subscribes to the event. All have the same id. */
  async function messages(
    tenant: TenantId,
    event: WebhookEvent,
    { at, of }: EventName,
    data: EventData,
  ): Promise<readonly Delivery[]> {
    const webhooks = (await outbox.webhooks(tenant)).filter(
      ({ events, disabled }) => disabled === null && events.includes(event),
    );
    // Most tenants have none.
    if (webhooks.length === 0) return [];
    const createdAt = at.toISOString();
    const name = createHash('sha256')
      .update(JSON.stringify([tenant, event, ...of, at]))
      .digest();
    const id = messageId(at, (size) => name.subarray(0, size));
    const body = messageBody(event, createdAt, data);
    const fixed = { tenant, id, event, body, createdAt } as const;
    const waiting = {
      status: 'waiting',
      attempts: 0,
      dueAt: clock.now().getTime(),
      response: null,
      error: null,
    } as const;
    return webhooks.map((webhook) => ({ ...fixed, ...waiting, webhook: webhook.id }));
  }

  async function add(delivery: Delivery): Promise<void> {
    if (await outbox.add(delivery, mostWaiting)) return;
    // It is false again if the webhook was deleted. Then nothing is dropped.
    if (await outbox.add(dropped(delivery, TOO_MANY), mostWaiting)) count('dropped');
  }

  /** Sends a held message now if the adaptation has ended as the message says, and removes it otherwise. */
  async function settle(delivery: Delivery, isTrue: boolean): Promise<void> {
    await outbox.replace(delivery, isTrue ? released(delivery, clock.now()) : null);
    if (isTrue) onDue();
  }

  return {
    async publish(tenant, event, name, data) {
      for (const each of await messages(tenant, event, name, data)) await add(each);
      onDue();
    },

    async publishEnd(ended, write) {
      const { tenant, endedAt, startedAt, createdAt, task, id: adaptation } = ended;
      if (endedAt === null) throw new Error(`Expected an adaptation that has ended, got ${ended.status}`);
      const at = new Date(endedAt);
      const end = { task, adaptation, createdAt, startedAt, endedAt };
      const waiting: Delivery[] = [];
      for (const [event, data] of eventsOfEnd(ended))
        for (const each of await messages(tenant, event, { at, of: [task, adaptation] }, data))
          waiting.push(held({ ...each, end }, at));
      for (const each of waiting) await add(each);
      const written = await write();
      const settled = waiting.map((each) =>
        settle(each, written !== null && hasExpectedEnd(written, end, each)),
      );
      // The end is written. If a message stays held, it is checked when it is due.
      await Promise.all(settled).catch((error: unknown) => {
        if (!isUnavailable(error)) onError(error);
      });
      return written;
    },

    async settleHeld(delivery) {
      const { tenant, end, event } = delivery;
      const record = end ? await store.adaptation(tenant, end.task, end.adaptation) : null;
      if (!end || !record) return settle(delivery, false);
      // Only a failed or cancelled adaptation is accepted again under its id.
      const mayRepeat = event === 'adaptation.failed' || event === 'adaptation.cancelled';
      const isReplaced = record.createdAt !== end.createdAt && mayRepeat;
      const mayStillEnd = record.endedAt === null && record.startedAt === end.startedAt && !isReplaced;
      if (mayStillEnd) await outbox.replace(delivery, held(delivery, clock.now()));
      else await settle(delivery, isReplaced || hasExpectedEnd(record, end, delivery));
    },
  };
}

/** Whether the record ended at this time, and its end causes this event. */
function hasExpectedEnd(record: Adaptation, { endedAt }: ExpectedEnd, { event }: Delivery): boolean {
  return record.endedAt === endedAt && [...eventsOfEnd(record).keys()].some((each) => each === event);
}
