import { inSlices } from '../../concurrency/in-slices.ts';
import { createKeyedMutex } from '../../concurrency/keyed-mutex.ts';
import type { Quiet } from '../../concurrency/quiet.ts';
import type { Adaptation } from '../../domain/adaptation.ts';
import type { Report } from '../../domain/trust/report/report.ts';
import { reportOf } from '../../domain/trust/report/report-of.ts';
import { isUnavailable } from '../../errors.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { Models } from '../models.ts';
import type { ServiceOptions } from '../service-options.ts';
import type { Learnable } from '../support/learnable.ts';
import type { Assess } from './assess.ts';
import { priorsOf } from './priors.ts';

/** Reports of adaptations. A report never fails an adaptation: `onError` gets the errors, and the record has no report. */
export interface Reports {
  /** The report of a run that has just computed its state; null if it takes too long, or fails. */
  inRun(adaptation: Adaptation, learnable: Learnable, signal: AbortSignal): Promise<Report | null>;
  /**
   * Computes the report of a record that has succeeded without one, once, in the background: as soon as this process runs no
   * adaptation, or after `MAX_WAIT_MS`. If more than `MAX_WAITING` reports wait, the oldest is computed only when it is read.
   */
  afterRun(record: Adaptation): void;
  /** Computes it at once, because a caller has read the record. Does nothing while another process should be computing it. */
  whenRead(record: Adaptation): void;
  /** Whether a record that has ended lacks a report that can be computed, by this process or, if it stops, by another one. */
  isDue(record: Adaptation): boolean;
  /** Whether such a report may still come while this process runs. */
  mayCome(record: Adaptation): boolean;
  /** Abandons the reports that run in the background. Resolves when none does. Later ones do not begin. */
  stop(): Promise<void>;
}

interface Parts {
  readonly models: Models;
  readonly store: Pick<TaskStore, 'adaptation' | 'putReport'>;
  readonly queue: Pick<AdaptationQueue, 'announce'>;
  readonly clock: Clock;
  readonly assess: Assess;
  /** Adaptations run inside its `during`. */
  readonly quiet: Pick<Quiet, 'wait'>;
  readonly isShared?: boolean;
  onError: ServiceOptions['onError'];
}

/** With more examples, a run without steps does not wait for its report. */
const MAX_EXAMPLES_IN_RUN = 200;
/** So long after the end of a run, the process that ran it is not computing its report any more. */
const ABANDONED_MS = 60_000;
/** A report waits at most this long for a pause between adaptations. Until then, predictions have no novelty. */
const MAX_WAIT_MS = 10_000;
const MAX_WAITING = 10_000;

type Ref = AdaptationRef & Pick<Adaptation, 'origin'>;

export function createReports(parts: Parts): Reports {
  const { models, store, queue, clock, assess, quiet, isShared = true, onError } = parts;
  const stopping = new AbortController();
  /** The oldest is the first. */
  const waiting = new Map<string, { readonly ref: Ref; readonly latest: number }>();
  let computingWaiting: Promise<void> | null = null;
  const running = new Map<string, Promise<void>>();
  /** Reports that cannot be computed are not tried again by this process. */
  const failed = new Set<string>();
  // One report at a time, so that they leave the adapting threads to adaptations.
  const mutex = createKeyedMutex();

  function isDue(record: Adaptation): boolean {
    const { status, report, packageDigest } = record;
    const isWanted = status === 'succeeded' && report === null && models.withDigest(packageDigest) !== null;
    return isWanted && !failed.has(keyOf(record));
  }

  const mayCome = (record: Adaptation) => isDue(record) && !stopping.signal.aborted;

  async function compute(
    adaptation: Adaptation,
    options: { readonly learnable?: Learnable; readonly signal: AbortSignal },
  ): Promise<Report | null> {
    const assessment = await assess(adaptation, options);
    if (!assessment) return null;
    return inSlices(reportOf(assessment, priorsOf(models.withDigest(adaptation.packageDigest))));
  }

  async function computeAndPut(ref: Ref): Promise<void> {
    const { tenant, task, id } = ref;
    const { signal } = stopping;
    try {
      // Read it again: meanwhile its task may be deleted, or another process may have computed the report.
      const record = await store.adaptation(tenant, task, id);
      if (!record || !mayCome(record)) return;
      const report = await compute(record, { signal });
      if (signal.aborted) return;
      if (!report) return void failed.add(keyOf(ref));
      await store.putReport(tenant, task, id, report);
      await queue.announce({ tenant, task, id });
    } catch (error) {
      if (signal.aborted) return;
      // The next reader tries again.
      if (!isUnavailable(error)) failed.add(keyOf(ref));
      onError(error, ref);
    }
  }

  async function computeOnce(ref: Ref): Promise<void> {
    const key = keyOf(ref);
    waiting.delete(key);
    const known = running.get(key);
    if (known) return known;
    const ended = mutex('report', () => computeAndPut(ref)).finally(() => running.delete(key));
    running.set(key, ended);
    return ended;
  }

  async function computeWaiting(): Promise<void> {
    const { signal } = stopping;
    while (!signal.aborted) {
      const [oldest] = waiting.values();
      if (!oldest) break;
      await quiet.wait(signal, oldest.latest);
      // Not if a reader has asked for it meanwhile.
      if (!signal.aborted && waiting.has(keyOf(oldest.ref))) await computeOnce(oldest.ref);
    }
    computingWaiting = null;
  }

  return {
    async inRun(adaptation, learnable, signal) {
      const manifest = models.withDigest(adaptation.packageDigest);
      const isQuick = learnable.support.examples.length <= MAX_EXAMPLES_IN_RUN;
      if (!isQuick || !manifest || manifest.programs.step !== undefined) return null;
      try {
        return await compute(adaptation, { learnable, signal });
      } catch (error) {
        if (!signal.aborted) onError(error, adaptation);
        return null;
      }
    },

    afterRun(record) {
      const key = keyOf(record);
      // A task that was deleted and made again has adaptations with the same ids.
      failed.delete(key);
      if (!mayCome(record)) return;
      const [oldest] = waiting.keys();
      if (oldest !== undefined && waiting.size >= MAX_WAITING && !waiting.has(key)) waiting.delete(oldest);
      const { tenant, task, id, origin } = record;
      const ref: Ref = { tenant, task, id, ...(origin && { origin }) };
      waiting.set(key, { ref, latest: performance.now() + MAX_WAIT_MS });
      computingWaiting ??= computeWaiting();
    },

    whenRead(record) {
      if (!mayCome(record)) return;
      const age = clock.now().getTime() - Date.parse(record.endedAt ?? '');
      if (!isShared || age > ABANDONED_MS || waiting.has(keyOf(record))) void computeOnce(record);
    },

    isDue,

    mayCome,

    async stop() {
      stopping.abort();
      await Promise.all([computingWaiting, ...running.values()]);
    },
  };
}

const keyOf = ({ tenant, id }: Ref): string => `${tenant}/${id}`;
