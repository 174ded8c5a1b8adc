import type { AdaptationRef } from '../../ports/adaptation-queue.ts';
import { parseRefKey, refKey } from '../queue-parts.ts';
import type { Redis } from '../redis/connection.ts';
import type { Script } from '../redis/script.ts';
import { KEYS, STATES } from './key-names.ts';
import {
  CANCEL,
  CLAIM,
  HAND_OVER,
  RELEASE,
  REPORT_PACKAGES,
  REQUEUE_WITHOUT_LEASE,
  SUBMIT,
} from './scripts.ts';

/** A lease, and the adaptation that runs under it. */
export interface Claim {
  readonly lease: string;
  readonly ref: AdaptationRef;
}

/** Records which adaptations wait, and under which lease each running adaptation runs. */
export interface AdaptationTable {
  /** Answers whether the adaptation has started to wait, so that one more lease is needed. */
  submit(ref: AdaptationRef): Promise<boolean>;
  /**
   * The adaptation to run under the lease: the unfinished one that already runs under it, else the next waiting one that a
   * process with these packages may run. `others` when all waiting adaptations need other packages; null when none waits.
   */
  claim(lease: string, digests: readonly string[]): Promise<AdaptationRef | 'others' | null>;
  /** Call this when the run under the lease has ended. Answers whether its adaptation waits again. */
  release(lease: string): Promise<boolean>;
  /**
   * Returns the adaptation to the queue, for a process that has the package. False when no live worker process has the
   * package.
   */
  handOver(claim: Claim, digest: string): Promise<boolean>;
  /** Reports which packages this process has. The report expires. */
  reportPackages(digests: readonly string[]): Promise<void>;
  /** Answers the lease under which the adaptation ran; null when it did not run. */
  cancel(ref: AdaptationRef): Promise<string | null>;
  /** Adaptations whose lease no longer exists wait again. Returns how many leases to add. */
  requeueWithoutLease(): Promise<number>;
  /** The claims whose adaptation no longer runs under their lease, for example because it was cancelled. */
  noLongerValid<T extends Claim>(claims: readonly T[]): Promise<readonly T[]>;
  /** Number of adaptations that wait or run. */
  depth(): Promise<number>;
}

export interface PackageWaits {
  /** How long an adaptation waits when no live worker process has its package. */
  readonly packageMs: number;
  /** How long a report of packages is valid: several times the interval between reports. */
  readonly reportMs: number;
}

export function createAdaptationTable(redis: Redis, { packageMs, reportMs }: PackageWaits): AdaptationTable {
  const run = (script: Script, ...args: (string | number)[]) => script(redis, KEYS, args);
  return {
    submit: async (ref) => (await run(SUBMIT, refKey(ref))) === 1,
    async claim(lease, digests) {
      const key = await run(CLAIM, lease, packageMs, ...digests);
      if (key === '') return 'others';
      return typeof key === 'string' ? parseRefKey(key) : null;
    },
    release: async (lease) => (await run(RELEASE, lease)) === 1,
    handOver: async ({ lease, ref }, digest) =>
      (await run(HAND_OVER, lease, refKey(ref), digest, packageMs)) === 1,
    async reportPackages(digests) {
      await run(REPORT_PACKAGES, reportMs, ...digests);
    },
    async cancel(ref) {
      const lease = await run(CANCEL, refKey(ref));
      return typeof lease === 'string' ? lease : null;
    },
    requeueWithoutLease: async () => Number(await run(REQUEUE_WITHOUT_LEASE)),
    async noLongerValid(claims) {
      if (claims.length === 0) return [];
      const states = await redis.hmget(STATES, ...claims.map(({ ref }) => refKey(ref)));
      return claims.filter(({ lease }, i) => !states[i]?.endsWith(`:${lease}`));
    },
    depth: () => redis.hlen(STATES),
  };
}
