import type { Database } from 'lmdb';
import type { StoredAdaptation } from '../../domain/adaptation.ts';
import type { Content } from '../../domain/content.ts';
import type { Alarm } from '../../domain/drift/asked-input.ts';
import type { KeptPrediction, Outcome } from '../../domain/feedback/kept-prediction.ts';
import type { KeyRecord } from '../../domain/idempotency.ts';
import type { StoredSupport } from '../../domain/support-set.ts';
import type { StoredTask } from '../../domain/task.ts';
import type { Usage } from '../../domain/usage.ts';
import { type EnvironmentOptions, openEnvironment } from './environment.ts';

/** What the store keeps of a content besides its bytes. */
export interface Holding {
  readonly kind: Content['kind'];
  /** Number of tasks that use the content. It is removed with the last. */
  readonly uses: number;
  /** Bytes of the content and its features. */
  readonly bytes: number;
}

/** What the store keeps about the kept inputs of one task. */
export interface WindowHead {
  readonly epoch: string;
  readonly count: number;
  readonly alarm: Alarm | null;
}

/** A kept prediction, and what it adds to the usage of its tenant. */
export interface KeptRow {
  readonly prediction: KeptPrediction;
  readonly bytes: number;
}

/** The tables of one LMDB environment. Keys start with the tenant, so that a scan reads one tenant only. */
export interface Tables {
  /** [tenant, task] */
  readonly tasks: Database<StoredTask, string[]>;
  /** [tenant, task, adaptation] */
  readonly adaptations: Database<StoredAdaptation, string[]>;
  /** [tenant, task, sequence] → adaptation id, to list the latest first */
  readonly order: Database<string, (string | number)[]>;
  /** [tenant, task, digest] */
  readonly sets: Database<StoredSupport, string[]>;
  /** [tenant, task, digest] → bytes of a support set that a version before 0.3 stored */
  readonly supports: Database<Buffer, string[]>;
  /** [tenant, content digest] → bytes */
  readonly contents: Database<Buffer, string[]>;
  /** [tenant, content digest] */
  readonly holdings: Database<Holding, string[]>;
  /** [tenant, task, content digest] of the contents that a task uses */
  readonly uses: Database<true, string[]>;
  /** [tenant, content digest, encoder digest] → bytes of features */
  readonly features: Database<Buffer, string[]>;
  /** [tenant, task, adaptation] of adaptations that have not ended */
  readonly unfinished: Database<true, string[]>;
  /** [tenant, task, idempotency key] */
  readonly requestKeys: Database<KeyRecord, string[]>;
  /** [time of creation in ms, tenant, task, idempotency key] */
  readonly requestKeysByTime: Database<true, [number, ...string[]]>;
  /** [tenant, task] of tasks that wait to learn from feedback → when that is due, in ms */
  readonly feedbackDue: Database<number, string[]>;
  /** [tenant, task, prediction] */
  readonly predictions: Database<KeptRow, string[]>;
  /** [tenant, task, prediction, `content` or `features`] → bytes of its input */
  readonly predictionInputs: Database<Buffer, string[]>;
  /** [tenant, task, time of creation in ms, prediction] */
  readonly predictionOrder: Database<true, (string | number)[]>;
  /** [time of expiry in ms, tenant, task, prediction] */
  readonly predictionsByExpiry: Database<true, [number, ...string[]]>;
  /** [tenant, task] → number of its predictions */
  readonly predictionCounts: Database<number, string[]>;
  /** [tenant, task] → what feedback says of predictions */
  readonly outcomes: Database<readonly Outcome[], string[]>;
  /** [tenant], and the part of it that belongs to one task: [tenant, task] */
  readonly usage: Database<Usage, string[]>;
  /** [tenant, task, slot] → bytes of an input that is kept for `drift` */
  readonly asked: Database<Buffer, string[]>;
  /** [tenant, task] */
  readonly windows: Database<WindowHead, string[]>;
  /** Runs `work` as one transaction. Resolves when its writes are visible to all readers and survive a crash of the process. */
  write<T>(work: () => T, effect?: 'frees'): Promise<T>;
  /** As `write`, and waits until the writes are on the disk, so that they also survive a power cut. */
  writeThrough<T>(work: () => T, effect?: 'frees'): Promise<T>;
  /** Makes a small test write. Answers its error, or null. */
  probe(): Promise<Error | null>;
  close(): Promise<void>;
}

const MAX_TABLES = 32;

export function openTables(options: Pick<EnvironmentOptions, 'path' | 'onWriteError'>): Tables {
  const environment = openEnvironment({ ...options, maxDbs: MAX_TABLES });
  const { table, commit, flushed, probe, close } = environment;
  return {
    tasks: table('tasks', 'json'),
    adaptations: table('adaptations', 'json'),
    order: table('order', 'json'),
    sets: table('sets', 'json'),
    supports: table('supports', 'binary'),
    contents: table('contents', 'binary'),
    holdings: table('holdings', 'json'),
    uses: table('uses', 'json'),
    features: table('features', 'binary'),
    unfinished: table('unfinished', 'json'),
    requestKeys: table('requestKeys', 'json'),
    requestKeysByTime: table('requestKeysByTime', 'json'),
    feedbackDue: table('feedbackDue', 'json'),
    predictions: table('predictions', 'json'),
    predictionInputs: table('predictionInputs', 'binary'),
    predictionOrder: table('predictionOrder', 'json'),
    predictionsByExpiry: table('predictionsByExpiry', 'json'),
    predictionCounts: table('predictionCounts', 'json'),
    outcomes: table('outcomes', 'json'),
    usage: table('usage', 'json'),
    asked: table('asked', 'binary'),
    windows: table('windows', 'json'),
    write: commit,
    async writeThrough(work, effect) {
      const result = await commit(work, effect);
      await flushed();
      return result;
    },
    probe,
    close,
  };
}

/** Keys that continue `prefix` with a string above `after`. */
export function stringsUnder(prefix: readonly string[], after = '') {
  return { start: [...prefix, after], end: [...prefix, '\uffff'], exclusiveStart: true };
}

/** Keys that continue `prefix` with a number below `before`, descending. */
export function numbersUnder(prefix: readonly string[], before = Number.MAX_SAFE_INTEGER) {
  return { start: [...prefix, before], end: [...prefix, 0], exclusiveStart: true, reverse: true };
}
