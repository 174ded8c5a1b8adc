import type { AdaptationRef } from '../ports/adaptation-queue.ts';

/** A ref as one string, equal for equal refs. */
export function refKey({ tenant, task, id }: AdaptationRef): string {
  return JSON.stringify([tenant, task, id]);
}

/** The ref that `refKey` wrote. */
export function parseRefKey(key: string): AdaptationRef {
  const [tenant, task, id] = JSON.parse(key);
  return { tenant, task, id };
}
