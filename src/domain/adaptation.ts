import type { ErrorCode } from '../errors.ts';
import type { TenantId } from './task.ts';

export const ADAPTATION_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type AdaptationStatus = (typeof ADAPTATION_STATUSES)[number];

/** Inner settings after the package's defaults were filled in. */
export interface InnerSettings {
  readonly steps: number;
  readonly rate: number;
  /** Part of the identity. The bundled programs draw no random numbers, so today it changes the id only. */
  readonly seed: number;
}

/** The request that brought an adaptation, so that what is told of the run, wherever it runs, names it. */
export interface Origin {
  readonly requestId: string;
  /** Of its span, where it was traced (W3C Trace Context). */
  readonly traceparent?: string;
}

/**
 * One run over one support set. Everything above `status` is fixed when it is accepted, and `id` is the hash of
 * tenant, task, package digest, settings and support digest: the same request is the same adaptation.
 */
export interface Adaptation {
  readonly id: string;
  readonly tenant: TenantId;
  readonly task: string;
  /** Position among the task's accepted adaptations, from 1. A later one is never replaced by an earlier one. */
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
  /** Records from before there was one have none. */
  readonly origin?: Origin;
  readonly status: AdaptationStatus;
  /** How often a worker has begun to run it. More than once: the one before was lost. */
  readonly attempts: number;
  /** What the run computes on, such as `cpu`, told by whoever runs it; null until it has begun. */
  readonly executionProvider: string | null;
  /** Support loss before each step so far; its length is the number of steps done. */
  readonly losses: readonly number[];
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}

/** Whether the record can still change. */
export function hasEnded(status: AdaptationStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}
