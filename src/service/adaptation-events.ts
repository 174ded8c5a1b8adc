import { type Adaptation, hasEnded } from '../tasks/adaptation.ts';
import type { AdaptationEvent } from './service.ts';

/**
 * Everything that has happened to an adaptation: queued, running, one per step, the end. Ids are positions, and the
 * run is a pure function, so a run repeated after a crash tells the same events under the same ids.
 */
export function eventsOf({ status, startedAt, losses, error }: Adaptation): readonly AdaptationEvent[] {
  const events: Omit<AdaptationEvent, 'id'>[] = [{ type: 'queued', data: {} }];
  if (startedAt !== null) events.push({ type: 'running', data: {} });
  losses.forEach((loss, i) => {
    events.push({ type: 'step', data: { step: i + 1, loss } });
  });
  if (hasEnded(status)) events.push({ type: status, data: error ? { error } : {} });
  return events.map((event, i) => ({ id: i + 1, ...event }));
}
