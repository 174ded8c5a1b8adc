import type { Adaptation } from '../adaptation.ts';
import { isHeld } from '../transitions.ts';
import type { EventData, WebhookEvent } from './events.ts';

/**
 * The events of the end of an adaptation, with their data; none before the end. An adaptation that is erased afterwards had
 * succeeded.
 */
export function eventsOfEnd(record: Adaptation): ReadonlyMap<WebhookEvent, EventData> {
  const { id, task, model, status, createdAt, endedAt, error, gate } = record;
  const end = { adaptation: id, task, model, status, createdAt, endedAt, error };
  switch (status) {
    case 'queued':
    case 'running':
      return new Map();
    case 'failed':
    case 'cancelled':
      return new Map<WebhookEvent, EventData>([[`adaptation.${status}`, end]]);
    case 'succeeded':
    case 'erased':
      return new Map<WebhookEvent, EventData>([
        ['adaptation.succeeded', end],
        ...(isHeld(record) ? [['feedback.gate_held', { adaptation: id, task, gate }] as const] : []),
      ]);
    default:
      return status satisfies never;
  }
}
