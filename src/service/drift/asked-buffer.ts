import { type AskedInput, REFERENCE_SIZE, WINDOW_SIZE } from '../../domain/drift/asked-input.ts';
import type { TenantId } from '../../domain/task.ts';
import { InnerloopError, isUnavailable } from '../../errors.ts';
import type { FeatureWindows } from '../../ports/stores/feature-windows.ts';

/** Inputs of monitored tasks that are not stored yet. A prediction only adds to it. */
export interface AskedBuffer {
  add(place: TaskPlace, epoch: string, inputs: readonly AskedInput[]): void;
  /** Stores the inputs of one task, or of all. */
  flush(place?: TaskPlace): Promise<void>;
  /** Drops what waits of a task that is deleted or no longer monitored. */
  forget(place: TaskPlace): void;
}

export interface TaskPlace {
  readonly tenant: TenantId;
  readonly task: string;
}

export const keyOf = ({ tenant, task }: TaskPlace): string => JSON.stringify([tenant, task]);

interface Parts {
  readonly store: Pick<FeatureWindows, 'addAsked'>;
  onError(error: unknown): void;
}

interface Waiting {
  readonly place: TaskPlace;
  readonly epoch: string;
  readonly inputs: AskedInput[];
}

/** When a process is killed, the inputs of at most this time are lost. */
export const FLUSH_AFTER_MS = 2000;
/** More inputs than a window keeps need not wait. */
const MOST_WAITING = REFERENCE_SIZE + WINDOW_SIZE;

export function createAskedBuffer({ store, onError }: Parts): AskedBuffer {
  const waiting = new Map<string, Waiting>();
  const flushing = new Set<Promise<void>>();
  let isDue = false;

  async function write({ place, epoch, inputs }: Waiting): Promise<void> {
    try {
      await store.addAsked(place.tenant, place.task, epoch, trimmed(inputs));
    } catch (error) {
      // These inputs are lost: a store that is away for long would fill the memory. Beyond the quota nothing is monitored.
      const isQuota = error instanceof InnerloopError && error.code === 'quota_exceeded';
      if (!isQuota && !isUnavailable(error)) onError(error);
    }
  }

  async function flush(place?: TaskPlace): Promise<void> {
    for (const key of place ? [keyOf(place)] : [...waiting.keys()]) {
      const batch = waiting.get(key);
      if (!batch) continue;
      waiting.delete(key);
      const done = write(batch).finally(() => flushing.delete(done));
      flushing.add(done);
    }
    await Promise.all(flushing);
  }

  return {
    add(place, epoch, inputs) {
      const key = keyOf(place);
      const known = waiting.get(key);
      const batch = known?.epoch === epoch ? known : { place, epoch, inputs: [] };
      batch.inputs.push(...inputs);
      if (batch.inputs.length > 2 * MOST_WAITING) trimmed(batch.inputs);
      waiting.set(key, batch);
      if (isDue) return;
      isDue = true;
      setTimeout(() => {
        isDue = false;
        void flush();
      }, FLUSH_AFTER_MS).unref();
    },
    flush,
    forget: (place) => void waiting.delete(keyOf(place)),
  };
}

/**
 * Drops the inputs between the first REFERENCE_SIZE and the last WINDOW_SIZE: neither the reference nor the window would keep
 * them.
 */
function trimmed(inputs: AskedInput[]): AskedInput[] {
  if (inputs.length > MOST_WAITING) inputs.splice(REFERENCE_SIZE, inputs.length - MOST_WAITING);
  return inputs;
}
