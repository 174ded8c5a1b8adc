import type { Adaptation } from '../../domain/adaptation.ts';

/** Maximum number of started runs. Without it, an adaptation that crashes its process would be repeated without end. */
const MAX_ATTEMPTS = 3;

/** Number of started runs. Records of old versions have no count. */
export function attemptsOf({ attempts }: Adaptation): number {
  return attempts ?? 0;
}

/**
 * The record when a run starts at `startedAt`: running, or failed after too many attempts. Applying it twice with the
 * same `startedAt` changes nothing the second time.
 */
export function startRun(record: Adaptation, startedAt: string, executionProvider: string): Adaptation {
  if (record.status === 'running' && record.startedAt === startedAt) return record;
  const attempts = attemptsOf(record) + 1;
  if (attempts <= MAX_ATTEMPTS)
    return { ...record, status: 'running', startedAt, attempts, executionProvider, losses: [] };
  const message = `Given up after ${MAX_ATTEMPTS} attempts: each time its worker process ended or lost the store`;
  return {
    ...record,
    status: 'failed',
    startedAt,
    endedAt: startedAt,
    error: { code: 'adaptation_failed', message },
  };
}

/** The record after the process of its run shuts down: it is queued again, and the attempt is not counted. */
export function undoStart(record: Adaptation): Adaptation {
  const attempts = attemptsOf(record) - 1;
  return { ...record, status: 'queued', startedAt: null, executionProvider: null, losses: [], attempts };
}
