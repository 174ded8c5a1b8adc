import { createKeyedMutex } from '../../concurrency/keyed-mutex.ts';
import type { Quiet } from '../../concurrency/quiet.ts';
import { retryWhileUnavailable } from '../../concurrency/retry-while-unavailable.ts';
import { type Adaptation, hasEnded } from '../../domain/adaptation.ts';
import { selectionOf } from '../../domain/head-selection.ts';
import { type ErrorCode, InnerloopError, isUnavailable } from '../../errors.ts';
import type { AbortReason, AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { Tracer } from '../../ports/telemetry.ts';
import { copyOf, type Tensors } from '../../tensor.ts';
import type { CompareAtGate } from '../feedback/compare-at-gate.ts';
import type { Models } from '../models.ts';
import type { States } from '../predicting/states.ts';
import type { ServiceOptions } from '../service-options.ts';
import type { Learnable, ReadLearnable } from '../support/learnable.ts';
import type { Reports } from '../trust/reports.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import { attemptsOf, startRun, undoStart } from './attempts.ts';
import { createStepReporter, type Progress } from './progress.ts';
import { traceRun, withSpan } from './telemetry.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly states: States;
  readonly readLearnable: ReadLearnable;
  readonly reports: Pick<Reports, 'inRun' | 'afterRun'>;
  readonly queue: AdaptationQueue;
  readonly progress: Progress;
  readonly keepPackage: NonNullable<ServiceOptions['keepPackage']>;
  readonly runner: Pick<ProgramRunner, 'executionProvider'>;
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly quiet: Pick<Quiet, 'during'>;
  readonly webhooks: Pick<Webhooks, 'publishEnd'>;
  readonly compareAtGate: CompareAtGate;
  onError: ServiceOptions['onError'];
  onEnded: ServiceOptions['onEnded'];
}

/** Codes of errors whose message is for callers. Other messages may contain paths, so callers do not see them. */
const PUBLIC_ERRORS: ReadonlySet<ErrorCode> = new Set(['adaptation_diverged', 'adaptation_failed']);

interface Outcome {
  readonly status: 'succeeded' | 'failed';
  readonly error: Adaptation['error'];
  readonly selection?: Adaptation['selection'];
  readonly report?: Adaptation['report'];
  readonly gate?: Adaptation['gate'];
  readonly state?: Tensors;
  /** The cause of a failure, for logs. Absent when the caller's data or settings caused the failure. */
  readonly cause?: unknown;
}

/**
 * Creates the handler of the queue. The record of the adaptation decides whether it must run.
 *
 * - When the adaptation is cancelled, the run writes nothing more: the cancelling process has already ended the record.
 * - When this process shuts down, the record becomes `queued` again, and another process runs it.
 * - When the store is unavailable, the run waits. Otherwise its result would have to be computed again.
 *
 * An unfinished adaptation that was started before may have crashed its process. Such adaptations run one at a time, so
 * that a crash counts only as an attempt of the adaptation that caused it.
 */
export function createRunAdaptation(parts: Parts) {
  const { models, store, states, readLearnable, queue, progress, clock, tracer, onError, onEnded } = parts;
  const { keepPackage, reports, quiet, webhooks, compareAtGate } = parts;
  const { executionProvider } = parts.runner;
  const mutex = createKeyedMutex();

  return async (ref: AdaptationRef, signal: AbortSignal): Promise<void> => {
    const { tenant, task, id } = ref;
    const record = await retryWhileUnavailable(() => store.adaptation(tenant, task, id), signal);
    if (record && !hasEnded(record.status) && !models.withDigest(record.packageDigest)) {
      // Processes with other packages can share the queue, for example during an upgrade.
      const leave = () => queue.leaveToOthers(ref, record.packageDigest);
      if (await retryWhileUnavailable(leave, signal)) return;
    }
    const start = () => quiet.during(() => run(ref, record, signal));
    // Each process has its own folder of packages, and a worker process may have to compute this again after an upgrade.
    if (record) void keepPackage(record.packageDigest);
    await (record && mayCrash(record) ? mutex('may crash', start) : start());
  };

  /** `found` is the record as it was found. */
  async function run(ref: AdaptationRef, found: Adaptation | null, signal: AbortSignal): Promise<void> {
    const { tenant, task, id } = ref;
    const write = (change: (record: Adaptation) => Adaptation | null) =>
      store.update(tenant, task, id, (record) => (signal.aborted ? null : change(record)));
    const now = () => clock.now().toISOString();

    const startedAt = now();
    // False after the adaptation was cancelled and submitted again: the record then belongs to another run.
    const isOwn = (each: Adaptation) => each.status === 'running' && each.startedAt === startedAt;
    const writeOwn = (change: (record: Adaptation) => Adaptation) =>
      write((each) => (isOwn(each) ? change(each) : null));
    const writeStart = () => write((each) => startRun(each, startedAt, executionProvider));
    const started = found && !hasEnded(found.status) && startRun(found, startedAt, executionProvider);
    const start = () =>
      started && hasEnded(started.status) ? webhooks.publishEnd(started, writeStart) : writeStart();
    const record = await retryWhileUnavailable(start, signal);
    if (record?.startedAt !== startedAt) return;
    await queue.announce(ref);
    if (record.status !== 'running') return onEnded(record);
    const trace = traceRun(tracer, record, startedAt);
    const { traceparent: parent } = trace.span;
    try {
      await runToEnd(record);
    } finally {
      trace.span.end();
      if (signal.reason === ('shutdown' satisfies AbortReason)) await requeue(record);
    }
    if (!signal.aborted) await queue.announce(ref);

    async function runToEnd(adaptation: Adaptation): Promise<void> {
      const reporter = createStepReporter({
        clock,
        write: (losses) => writeOwn((each) => ({ ...each, losses })),
        announce: () => queue.announce(ref),
      });
      const { losses } = reporter;
      progress.start(id, losses);
      try {
        const { state, cause, ...outcome } = await compute(adaptation, (loss) => {
          reporter.onStep(loss);
          trace.onStep(losses.length, loss);
        });
        await reporter.written();
        const endedAt = now();
        const withEnd = (each: Adaptation): Adaptation => ({ ...each, ...outcome, losses, endedAt });
        const end = () => webhooks.publishEnd(withEnd(adaptation), () => writeOwn(withEnd));
        const ending = withSpan(tracer, 'end', { parent }, () => retryWhileUnavailable(end, signal));
        // Start this without waiting for `ending`: a prediction that finds no cached state would compute it again.
        const caching =
          state && withSpan(tracer, 'keep state', { parent }, () => states.keep(adaptation, state));
        const [ended] = await Promise.all([ending, caching]);
        trace.span.set({ 'innerloop.status': ended?.status ?? 'deleted' });
        if (outcome.error) trace.span.fail(outcome.error.code);
        if (ended?.endedAt === endedAt) {
          // Report the cause only now: a run whose task was deleted or cancelled also fails, but that is not an error.
          if (cause !== undefined) onError(cause, adaptation);
          onEnded(ended);
          reports.afterRun(ended);
        }
        // Deleted or cancelled while it ran: remove its state.
        if (ended?.status !== 'succeeded') await states.forget(adaptation);
      } finally {
        reporter.stop();
        progress.done(id, losses);
      }
    }

    async function compute(adaptation: Adaptation, onStep: (loss: number) => void): Promise<Outcome> {
      const manifest = models.withDigest(adaptation.packageDigest);
      if (!manifest) return failureOf(packageMissing(adaptation));
      let learnable: Learnable | null;
      try {
        learnable = await withSpan(tracer, 'read support set', { parent }, () =>
          retryWhileUnavailable(() => readLearnable(adaptation, signal), signal),
        );
      } catch (error) {
        if (isUnavailable(error)) throw error;
        return failureOf(error);
      }
      if (!learnable) return failureOf(failed('The support set is missing: submit it again'));
      try {
        const state = await states.compute(adaptation, copied(learnable), signal, onStep);
        const { heads, task: kind } = manifest;
        const report = await withSpan(tracer, 'report', { parent }, () =>
          reports.inRun(adaptation, learnable, signal),
        );
        const gate = await compareAtGate(adaptation, learnable, signal);
        return {
          status: 'succeeded',
          error: null,
          selection: selectionOf(heads, state.selection, kind),
          report,
          gate,
          state,
        };
      } catch (error) {
        return failureOf(error);
      }
    }

    /** When this fails, the record stays as it is and the attempt counts. */
    async function requeue(adaptation: Adaptation): Promise<void> {
      await store
        .update(tenant, task, id, (each) => (isOwn(each) ? undoStart(each) : null))
        .catch((error) => onError(error, adaptation));
    }
  }
}

/** Copies tensors for the runner, which takes ownership of them: the report reads the same ones. */
function copied(learnable: Learnable): Learnable {
  return { ...learnable, x: copyOf(learnable.x), y: copyOf(learnable.y) };
}

/** Whether an earlier run may have crashed its process. */
function mayCrash(record: Adaptation): boolean {
  return !hasEnded(record.status) && attemptsOf(record) > 0;
}

function packageMissing({ model, packageDigest }: Adaptation): InnerloopError {
  return failed(
    `${model} was replaced or is not installed: no live worker process has this package (${packageDigest}). Install it, or submit again`,
  );
}

function failed(message: string): InnerloopError {
  return new InnerloopError('adaptation_failed', message);
}

function failureOf(cause: unknown): Outcome {
  if (cause instanceof InnerloopError && PUBLIC_ERRORS.has(cause.code)) {
    const { code, message } = cause;
    const error = { code, message };
    return { status: 'failed', error, ...(code !== 'adaptation_diverged' && { cause }) };
  }
  const message = isUnavailable(cause)
    ? 'The worker thread of the run stopped unexpectedly: submit again'
    : 'The programs of the package could not run on this support set';
  return { status: 'failed', error: { code: 'adaptation_failed', message }, cause };
}
