import type { AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { Redis } from '../redis/connection.ts';
import type { Script } from '../redis/script.ts';
import { parseRefKey, refKey } from '../ref-key.ts';
import { KEYS, STATES } from './keys.ts';
import { CANCEL, CLAIM, HAVE_PACKAGES, LEAVE, MEND, RELEASE, SUBMIT } from './scripts.ts';

/** A lease, and the adaptation that runs under it. */
export interface Claim {
  readonly lease: string;
  readonly ref: AdaptationRef;
}

/** Which adaptations wait, and which lease each of the others runs under: BullMQ's own jobs carry no data. */
export interface LeaseTable {
  /** Whether it waits now and did not before, and so needs a lease. */
  submit(ref: AdaptationRef): Promise<boolean>;
  /**
   * The adaptation to run under the lease: the one that has not ended there, else the next of those that a process with
   * these packages may run. `others` when all that waits needs packages that it lacks; null when nothing waits.
   */
  claim(lease: string, digests: readonly string[]): Promise<AdaptationRef | 'others' | null>;
  /** The run under the lease has ended. Whether its adaptation waits once more. */
  release(lease: string): Promise<boolean>;
  /** Lets the adaptation wait for another process, with the package. False when no live worker process has it. */
  leave(claim: Claim, digest: string): Promise<boolean>;
  /** Makes known which packages this process has, for a while. */
  havePackages(digests: readonly string[]): Promise<void>;
  /** The lease that it ran under, if it ran. */
  cancel(ref: AdaptationRef): Promise<string | null>;
  /** How many leases are missing. */
  mend(): Promise<number>;
  /** Those whose adaptation is no longer theirs, for example because it was cancelled. */
  lost<T extends Claim>(claims: readonly T[]): Promise<readonly T[]>;
  /** How many wait or run. */
  depth(): Promise<number>;
}

/** For how long a process is believed to live and to have its packages: several times longer than it takes to say so again. */
const BELIEVED_MS = 15_000;

/** The table over a connection. An adaptation whose package no live worker process has waits for `patienceMs`. */
export function createLeaseTable(redis: Redis, patienceMs: number): LeaseTable {
  const run = (script: Script, ...args: (string | number)[]) => script(redis, KEYS, args);
  return {
    submit: async (ref) => (await run(SUBMIT, refKey(ref))) === 1,
    async claim(lease, digests) {
      const key = await run(CLAIM, lease, patienceMs, ...digests);
      if (key === '') return 'others';
      return typeof key === 'string' ? parseRefKey(key) : null;
    },
    release: async (lease) => (await run(RELEASE, lease)) === 1,
    leave: async ({ lease, ref }, digest) => (await run(LEAVE, lease, refKey(ref), digest, patienceMs)) === 1,
    async havePackages(digests) {
      await run(HAVE_PACKAGES, BELIEVED_MS, ...digests);
    },
    async cancel(ref) {
      const lease = await run(CANCEL, refKey(ref));
      return typeof lease === 'string' ? lease : null;
    },
    mend: async () => Number(await run(MEND)),
    async lost(claims) {
      if (claims.length === 0) return [];
      const states = await redis.hmget(STATES, ...claims.map(({ ref }) => refKey(ref)));
      return claims.filter(({ lease }, i) => !states[i]?.endsWith(`:${lease}`));
    },
    depth: () => redis.hlen(STATES),
  };
}
