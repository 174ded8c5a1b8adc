import { createHash } from 'node:crypto';
import type { ErrorCode } from '../errors.ts';
import { countLabels } from './class-order.ts';
import type { Gate } from './feedback/gate.ts';
import type { Column } from './rows/columns.ts';
import type { SupportSet } from './support-set.ts';
import type { TenantId } from './task.ts';
import type { Report } from './trust/report/report.ts';
import type { Warning } from './warning.ts';

export const ADAPTATION_STATUSES = [
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  /** An example that it has learnt from was erased. Of its examples, only names of labels and counts are left. */
  'erased',
] as const;
export type AdaptationStatus = (typeof ADAPTATION_STATUSES)[number];

/** Settings of the inner loop, with the package's defaults filled in. */
export interface InnerSettings {
  readonly steps: number;
  readonly rate: number;
  /** Part of the id. Programs draw no random numbers (see `ALLOWED_OPERATORS`), so it changes only the id. */
  readonly seed: number;
  /**
   * Whether examples that the others contradict count for less; see `robustOutcome`. Absent: they count as the others do.
   */
  readonly robust?: true;
}

/** One head that was tried, with its accuracy (or error) on left-out examples. */
export interface HeadTried {
  readonly head: string;
  /**
   * Estimated by leave-one-out: accuracy, or the mean squared error for regression. It is that of an adaptation with one
   * example less. So with few examples an accuracy is too low, and an error too high (of two examples of a class, each is
   * predicted from one).
   */
  readonly estimate: number;
  /** Lower and upper end of the 95 % interval of the estimate. */
  readonly interval: readonly [low: number, high: number];
  readonly chosen: boolean;
}

/** The request that submitted an adaptation. Logs and traces of the run name it, in every process. */
export interface Origin {
  readonly requestId: string;
  /** W3C Trace Context of the request's span. Absent when the request was not traced. */
  readonly traceparent?: string;
}

/**
 * One run over one support set. The fields above `status` are fixed when the adaptation is accepted. `id` is computed from
 * them (`adaptationId`), so equal requests have the same adaptation.
 */
export interface Adaptation {
  readonly id: string;
  readonly tenant: TenantId;
  readonly task: string;
  /** Position among the task's decisions, from 1; see `Task.submitted`. An earlier one never replaces a later one as current. */
  readonly sequence: number;
  /** Package name and version, `omniglot-maml@1.0.0`. */
  readonly model: string;
  readonly packageDigest: string;
  readonly settings: InnerSettings;
  readonly support: {
    readonly digest: string;
    readonly examples: number;
    /** Examples per label in class order; absent for regression. */
    readonly labels?: Readonly<Record<string, number>>;
  };
  /** Absent in records of old versions. */
  readonly origin?: Origin;
  /** What the caller should know about the examples. Their pointers start at the request: `/support/3/input`. */
  readonly warnings: readonly Warning[];
  /** For rows: how the columns of the support set become numbers; see `domain/rows`. Null for other inputs. */
  readonly columns: readonly Column[] | null;
  readonly status: AdaptationStatus;
  /** How many times a worker has started it. More than 1 when an earlier worker was lost. */
  readonly attempts: number;
  /** The runtime's name for the device of the run, such as `cpu`. Null until the run starts. */
  readonly executionProvider: string | null;
  /** Support loss before each step. Its length is the number of steps done. */
  readonly losses: readonly number[];
  /** The heads that the run tried. Null until it has succeeded, for packages with one head, and if no example could be left out. */
  readonly selection: readonly HeadTried[] | null;
  /**
   * The quality of this adaptation, estimated from its examples. Null until it is computed: during the run for packages without
   * steps and not too many examples, otherwise after the run, as soon as its process runs no adaptation.
   */
  readonly report: Report | null;
  /** It replaces the current adaptation only if it is not worse. For readaptations and feedback. */
  readonly gated?: true;
  /** How it compared with the adaptation that was current when it ended. Null if it was not compared. */
  readonly gate: Gate | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}

/** Whether the record is final. */
export function hasEnded(status: AdaptationStatus): boolean {
  return status !== 'queued' && status !== 'running';
}

type Identity = Pick<Adaptation, 'tenant' | 'task' | 'packageDigest' | 'settings'> & {
  readonly supportDigest: string;
};

export const ADAPTATION_ID_PATTERN = '^adp_[0-9a-f]{32}$';

/**
 * Hash of everything that determines the result. It does not contain the execution provider, which changes the result only
 * by rounding and is not known when the request is accepted.
 */
export function adaptationId({ tenant, task, packageDigest, settings, supportDigest }: Identity): string {
  const { numbers, flags } = hashedSettings(settings);
  const identity = JSON.stringify([tenant, task, packageDigest, ...numbers, supportDigest, ...flags]);
  return `adp_${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`;
}

/** The settings as they are hashed. A new setting is a type error here until it is hashed too. */
export function hashedSettings({ steps, rate, seed, robust, ...others }: InnerSettings) {
  others satisfies Record<string, never>;
  return { numbers: [steps, rate, seed], flags: robust ? ['robust'] : [] };
}

/** Members that records of versions before 0.3 do not have. */
const ADDED = Object.freeze({
  warnings: [],
  columns: null,
  selection: null,
  report: null,
  gate: null,
} as const);

/** A record as stored by this version or an earlier one. */
export type StoredAdaptation = Omit<Adaptation, keyof typeof ADDED> &
  Partial<Pick<Adaptation, keyof typeof ADDED>>;

export function readAdaptation(stored: StoredAdaptation): Adaptation {
  return { ...ADDED, ...stored };
}

/** A record before the store has set its sequence. */
export type AdaptationDraft = Omit<Adaptation, 'sequence'>;

type NewAdaptation = Pick<
  Adaptation,
  'tenant' | 'task' | 'model' | 'packageDigest' | 'settings' | 'origin' | 'createdAt'
> &
  Partial<Pick<Adaptation, 'warnings' | 'columns' | 'gated'>>;

/** The record of a queued adaptation to `support`. */
export function newAdaptation(
  fixed: NewAdaptation,
  { examples, outcome, digest }: SupportSet,
): AdaptationDraft {
  const labels = outcome.kind === 'labels' && { labels: countLabels(outcome.labels, outcome.classes) };
  return {
    id: adaptationId({ ...fixed, supportDigest: digest }),
    ...fixed,
    support: { digest, examples: examples.length, ...labels },
    warnings: fixed.warnings ?? [],
    columns: fixed.columns ?? null,
    status: 'queued',
    attempts: 0,
    executionProvider: null,
    losses: [],
    selection: null,
    report: null,
    gate: null,
    startedAt: null,
    endedAt: null,
    error: null,
  };
}

export interface Timings {
  /** Time from the acceptance to the start of the last attempt. */
  readonly queuedMs: number | null;
  /** Duration of the last attempt. */
  readonly runMs: number | null;
}

/** How long an adaptation waited and ran; null for a phase that has not ended. */
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
