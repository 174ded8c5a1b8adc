import { createKeyedMutex } from '../../concurrency/keyed-mutex.ts';
import { retryWhileUnavailable } from '../../concurrency/retry-while-unavailable.ts';
import { type Adaptation, hasEnded } from '../../domain/adaptation.ts';
import type { SupportSet } from '../../domain/support-set.ts';
import { type ErrorCode, InnerloopError, isUnavailable } from '../../errors.ts';
import type { AbortReason, AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { Tracer } from '../../ports/telemetry.ts';
import type { Tensors } from '../../tensor.ts';
import type { Models } from '../models.ts';
import type { States } from '../predicting/states.ts';
import type { ServiceOptions } from '../service-options.ts';
import { withSpan } from '../with-span.ts';
import type { Progress } from './progress.ts';
import { traceRun } from './trace-run.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly states: States;
  readonly queue: AdaptationQueue;
  readonly progress: Progress;
  readonly runner: Pick<ProgramRunner, 'executionProvider'>;
  readonly clock: Clock;
  readonly tracer: Tracer;
  onError: ServiceOptions['onError'];
  onEnded: ServiceOptions['onEnded'];
}

/** How often, at most, the record of a running adaptation is written. */
const WRITE_INTERVAL_MS = 100;
/** How long steps gather before followers hear of them: each follower reads the whole record each time. */
const ANNOUNCE_INTERVAL_MS = 50;

/** How often an adaptation may be begun. One that ends the process that runs it would otherwise do so for ever. */
const MAX_ATTEMPTS = 3;

/** Failures whose message was written for the caller. Any other may quote paths, and is told in general words. */
const TOLD: ReadonlySet<ErrorCode> = new Set(['adaptation_diverged', 'adaptation_failed']);

type Outcome = Pick<Adaptation, 'status'> & Partial<Pick<Adaptation, 'error'>> & { readonly state?: Tensors };

/**
 * What the queue calls. The record says whether there is anything to do. A run that was cancelled writes nothing more:
 * whoever cancelled it has ended the record. One that was aborted because this process ends puts the record back as if it
 * had not begun. While the store is away a run waits for it, since its result would only have to be computed again.
 *
 * What was begun before and not ended may be what ended the process it was in, and all that ran beside it with it. Such
 * adaptations run one at a time, so that none of them counts an attempt that was lost to another.
 */
export function createRunAdaptation(parts: Parts) {
  const { models, store, states, queue, progress, clock, tracer, onError, onEnded } = parts;
  const { executionProvider } = parts.runner;
  const mutex = createKeyedMutex();

  return async (ref: AdaptationRef, signal: AbortSignal): Promise<void> => {
    const { tenant, task, id } = ref;
    const former = await retryWhileUnavailable(() => store.adaptation(tenant, task, id), signal);
    if (former && !hasEnded(former.status) && !models.withDigest(former.packageDigest)) {
      // Processes with other packages share the queue, during an upgrade for example.
      const leave = () => queue.leaveToOthers(ref, former.packageDigest);
      if (await retryWhileUnavailable(leave, signal)) return;
    }
    await (former && isSuspect(former) ? mutex('suspects', () => run(ref, signal)) : run(ref, signal));
  };

  async function run(ref: AdaptationRef, signal: AbortSignal): Promise<void> {
    const { tenant, task, id } = ref;
    const write = (change: (record: Adaptation) => Adaptation | null) =>
      store.update(tenant, task, id, (record) => (signal.aborted ? null : change(record)));
    const now = () => clock.now().toISOString();

    const startedAt = now();
    // Cancelled elsewhere and queued anew, it is another run's.
    const isOurs = (each: Adaptation) => each.status === 'running' && each.startedAt === startedAt;
    const writeOwn = (change: (record: Adaptation) => Adaptation) =>
      write((each) => (isOurs(each) ? change(each) : null));
    const record = await retryWhileUnavailable(
      () => write((each) => begun(each, startedAt, executionProvider)),
      signal,
    );
    if (record?.startedAt !== startedAt) return;
    await queue.announce(ref);
    if (record.status !== 'running') return onEnded(record);
    const trace = traceRun(tracer, record, startedAt);
    const { traceparent: parent } = trace.span;
    try {
      await runToItsEnd(record);
    } finally {
      trace.span.end();
      if (signal.reason === ('shutdown' satisfies AbortReason)) await putBack(record);
    }
    if (!signal.aborted) await queue.announce(ref);

    async function runToItsEnd(adaptation: Adaptation): Promise<void> {
      const { digest } = adaptation.support;
      const support = await withSpan(tracer, 'read support set', { parent }, () =>
        retryWhileUnavailable(() => store.supportSet(tenant, task, digest), signal),
      );
      const losses: number[] = [];
      const follow = reportSteps(losses);
      progress.start(id, losses);
      try {
        const computing = compute(adaptation, support, follow.onStep);
        const { state, ...outcome } = await computing.catch((error: unknown) => {
          if (!signal.aborted && !isCallersFault(error)) onError(error, adaptation);
          return asFailure(error);
        });
        await follow.written();
        const endedAt = now();
        const end = () => writeOwn((each) => ({ ...each, ...outcome, losses, endedAt }));
        const ending = withSpan(tracer, 'end', { parent }, () => retryWhileUnavailable(end, signal));
        // Side by side: whoever misses the state in the moment between them computes it again.
        const keeping =
          state && withSpan(tracer, 'keep state', { parent }, () => states.keep(adaptation, state));
        const [ended] = await Promise.all([ending, keeping]);
        trace.span.set({ 'innerloop.status': ended?.status ?? 'deleted' });
        if (outcome.error) trace.span.fail(outcome.error.code);
        if (ended?.endedAt === endedAt) onEnded(ended);
        // Deleted or cancelled while it ran: the state must not stay behind.
        if (ended?.status !== 'succeeded') await states.forget(adaptation);
      } finally {
        follow.stop();
        progress.done(id, losses);
      }
    }

    async function compute(
      adaptation: Adaptation,
      support: SupportSet | null,
      onStep: (loss: number) => void,
    ): Promise<Outcome> {
      if (!models.withDigest(adaptation.packageDigest)) {
        throw new InnerloopError(
          'adaptation_failed',
          `${adaptation.model} was replaced or is not installed: no live worker process has this package (${adaptation.packageDigest}). Install it, or submit again`,
        );
      }
      const state = await states.compute(adaptation, requireSupport(support), signal, onStep);
      return { status: 'succeeded', state };
    }

    /** Writes losses down, and tells of them, now and then. */
    function reportSteps(losses: number[]) {
      let writing: Promise<unknown> = Promise.resolve();
      let writtenAt = clock.now().getTime();
      let announcing: NodeJS.Timeout | undefined;
      return {
        onStep(loss: number): void {
          losses.push(loss);
          trace.onStep(losses.length, loss);
          if (clock.now().getTime() - writtenAt >= WRITE_INTERVAL_MS) {
            writtenAt = clock.now().getTime();
            const soFar = [...losses];
            // A write that fails here is made good by the last one.
            writing = writeOwn((each) => ({ ...each, losses: soFar })).catch(() => undefined);
          }
          // Later, not here: steps may come by the thousand in one turn of the event loop.
          announcing ??= setTimeout(() => {
            announcing = undefined;
            void queue.announce(ref);
          }, ANNOUNCE_INTERVAL_MS);
        },
        written: () => writing,
        stop: () => clearTimeout(announcing),
      };
    }

    /** Where this fails the record stays as it is, and the attempt counts. */
    async function putBack(adaptation: Adaptation): Promise<void> {
      const before = {
        status: 'queued',
        startedAt: null,
        executionProvider: null,
        losses: [],
        attempts: adaptation.attempts - 1,
      } as const;
      await store
        .update(tenant, task, id, (each) => (isOurs(each) ? { ...each, ...before } : null))
        .catch((error) => onError(error, adaptation));
    }
  }
}

/** Whether it may have ended the process that ran it. Records from before attempts were counted have none. */
function isSuspect({ status, attempts }: Adaptation): boolean {
  return !hasEnded(status) && (attempts ?? 0) > 0;
}

/** The record as a run begins; asked twice for one beginning, the second time changes nothing. */
function begun(record: Adaptation, startedAt: string, executionProvider: string): Adaptation {
  if (record.status === 'running' && record.startedAt === startedAt) return record;
  // Records from before attempts were counted have none.
  const attempts = (record.attempts ?? 0) + 1;
  if (attempts <= MAX_ATTEMPTS)
    return { ...record, status: 'running', startedAt, attempts, executionProvider, losses: [] };
  const message = `Given up after ${MAX_ATTEMPTS} attempts: each time the process that ran it stopped, or lost the store`;
  return {
    ...record,
    status: 'failed',
    startedAt,
    endedAt: startedAt,
    error: { code: 'adaptation_failed', message },
  };
}

function isCallersFault(error: unknown): boolean {
  return error instanceof InnerloopError && error.code === 'adaptation_diverged';
}

/** @throws InnerloopError `adaptation_failed` when it was deleted. */
function requireSupport(support: SupportSet | null): SupportSet {
  if (support) return support;
  throw new InnerloopError('adaptation_failed', 'The support set is gone: submit it again');
}

function asFailure(error: unknown): Outcome {
  if (error instanceof InnerloopError && TOLD.has(error.code)) {
    return { status: 'failed', error: { code: error.code, message: error.message } };
  }
  const message = isUnavailable(error)
    ? 'The thread that ran it stopped unexpectedly: submit again'
    : 'The programs could not be run over this support set';
  return { status: 'failed', error: { code: 'adaptation_failed', message } };
}
