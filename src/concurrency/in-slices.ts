import { setImmediate } from 'node:timers/promises';
import type { Slices } from './slices.ts';

/** After this time, the current part is finished, and then other work gets a turn. */
const SLICE_MS = 5;

/** Does the work on this thread, and lets other work run in between. */
export async function inSlices<T>(work: Slices<T>): Promise<T> {
  for (let until = performance.now() + SLICE_MS; ; ) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() < until) continue;
    await setImmediate();
    until = performance.now() + SLICE_MS;
  }
}
