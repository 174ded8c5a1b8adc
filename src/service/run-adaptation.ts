import { type ErrorCode, InnerloopError } from '../errors.ts';
import type { AdaptationQueue, AdaptationRef } from '../ports/adaptation-queue.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { Adaptation } from '../tasks/adaptation.ts';
import type { Models } from './models.ts';
import type { Progress } from './progress.ts';
import type { States } from './states.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly states: States;
  readonly queue: AdaptationQueue;
  readonly progress: Progress;
  readonly clock: Clock;
  onError(error: unknown): void;
}

/** How often, at most, the record of a running adaptation is written. */
const WRITE_INTERVAL_MS = 100;
/** How long steps gather before followers hear of them: each follower reads the whole record each time. */
const ANNOUNCE_INTERVAL_MS = 50;

/** Failures whose message was written for the caller. Any other may quote paths, and is told in general words. */
const TOLD: ReadonlySet<ErrorCode> = new Set(['adaptation_diverged', 'adaptation_failed']);

/**
 * What the queue calls. The record says whether there is anything to do; a run that was aborted, by a cancel or at
 * shutdown, writes nothing more: the record was ended by whoever cancelled it, or is taken up again after a restart.
 */
export function createRunAdaptation({ models, store, states, queue, progress, clock, onError }: Parts) {
  return async (ref: AdaptationRef, signal: AbortSignal): Promise<void> => {
    const { tenant, task, id } = ref;
    const write = (change: (record: Adaptation) => Adaptation) =>
      store.update(tenant, task, id, (record) => (signal.aborted ? null : change(record)));
    const now = () => clock.now().toISOString();

    const startedAt = now();
    const record = await write((each) => ({ ...each, status: 'running', startedAt, losses: [] }));
    if (record?.status !== 'running' || signal.aborted) return;
    await queue.announce(ref);

    const losses: number[] = [];
    let writing: Promise<unknown> = Promise.resolve();
    let writtenAt = clock.now().getTime();
    let announcing: NodeJS.Timeout | undefined;
    const onStep = (loss: number) => {
      losses.push(loss);
      if (clock.now().getTime() - writtenAt >= WRITE_INTERVAL_MS) {
        writtenAt = clock.now().getTime();
        const soFar = [...losses];
        // A write that fails here is made good by the last one.
        writing = write((each) => ({ ...each, losses: soFar })).catch(() => undefined);
      }
      // Later, not here: steps may come by the thousand in one turn of the event loop.
      announcing ??= setTimeout(() => {
        announcing = undefined;
        void queue.announce(ref).catch(() => undefined);
      }, ANNOUNCE_INTERVAL_MS);
    };

    progress.start(id, losses);
    try {
      const outcome = await run(record, onStep).catch((error: unknown) => {
        if (!signal.aborted) onError(error);
        return asFailure(error);
      });
      await writing;
      const ended = await write((each) => ({ ...each, ...outcome, losses, endedAt: now() }));
      // Deleted or cancelled while it ran: the state must not stay behind.
      if (ended?.status !== 'succeeded') await states.forget(id);
    } finally {
      clearTimeout(announcing);
      progress.done(id, losses);
    }
    if (!signal.aborted) await queue.announce(ref);

    async function run(adaptation: Adaptation, onEachStep: (loss: number) => void) {
      if (!models.withDigest(adaptation.packageDigest)) {
        throw new InnerloopError(
          'adaptation_failed',
          `${adaptation.model} was replaced meanwhile: submit again`,
        );
      }
      const state = await states.compute(adaptation, signal, onEachStep);
      await states.keep(id, state);
      return { status: 'succeeded' } as const;
    }
  };
}

function asFailure(error: unknown): Pick<Adaptation, 'status' | 'error'> {
  if (error instanceof InnerloopError && TOLD.has(error.code)) {
    return { status: 'failed', error: { code: error.code, message: error.message } };
  }
  const message =
    error instanceof InnerloopError && error.code === 'unavailable'
      ? 'The thread that ran it stopped unexpectedly: submit again'
      : 'The programs could not be run over this support set';
  return { status: 'failed', error: { code: 'adaptation_failed', message } };
}
