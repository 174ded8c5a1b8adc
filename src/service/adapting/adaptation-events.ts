import { type Adaptation, hasEnded } from '../../domain/adaptation.ts';
import type { AdaptationEvent } from '../service.ts';

/**
 * What has happened to an adaptation since event `after`: queued, running, one per step, the end. Ids are positions, and
 * the run is a pure function, so a run repeated after a crash tells the same events under the same ids.
 */
export function eventsOf(record: Adaptation, after: number): readonly AdaptationEvent[] {
  const { status, startedAt, losses, error } = record;
  const steps = startedAt === null ? 1 : 2;
  const end = steps + losses.length;
  const at = (position: number): Omit<AdaptationEvent, 'id'> => {
    if (position < steps) return { type: position === 0 ? 'queued' : 'running', data: {} };
    const loss = losses[position - steps];
    if (loss !== undefined) return { type: 'step', data: { step: position - steps + 1, loss } };
    return { type: status as AdaptationEvent['type'], data: error ? { error } : {} };
  };
  const news = Math.max(0, end + (hasEnded(status) ? 1 : 0) - after);
  return Array.from({ length: news }, (_, i) => ({ id: after + i + 1, ...at(after + i) }));
}
