import type { Adaptation } from './adaptation.ts';

export interface Timings {
  /** Until its last attempt began. */
  readonly queuedMs: number | null;
  /** Of its last attempt. */
  readonly runMs: number | null;
}

/** How long it waited and ran; null for what is not over. */
export function timingsOf({
  createdAt,
  startedAt,
  endedAt,
}: Pick<Adaptation, 'createdAt' | 'startedAt' | 'endedAt'>): Timings {
  return { queuedMs: between(createdAt, startedAt), runMs: between(startedAt, endedAt) };
}

function between(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : Date.parse(to) - Date.parse(from);
}
