import type { Redis } from 'ioredis';
import type { AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { Script } from '../redis/script.ts';
import { parseRefKey, refKey } from '../ref-key.ts';
import { KEYS, STATES } from './keys.ts';
import { CANCEL, CLAIM, MEND, RELEASE, SUBMIT } from './scripts.ts';

/** A turn, and the adaptation that it bears. */
export interface Claim {
  readonly turn: string;
  readonly ref: AdaptationRef;
}

/** Which adaptations wait, and which turn runs which: what BullMQ's own jobs do not say. */
export interface TurnTable {
  /** Whether it waits now and did not before, and so needs a turn. */
  submit(ref: AdaptationRef): Promise<boolean>;
  /** What the turn is to run: what it has run already and not ended, else the next. */
  claim(turn: string): Promise<AdaptationRef | null>;
  /** The turn's run has ended. Whether its adaptation waits once more. */
  release(turn: string): Promise<boolean>;
  /** The turn that ran it, if one did. */
  cancel(ref: AdaptationRef): Promise<string | null>;
  /** How many turns are missing. */
  mend(): Promise<number>;
  /** Those whose adaptation is no longer theirs: cancelled, say. */
  lost<T extends Claim>(claims: readonly T[]): Promise<readonly T[]>;
  /** How many wait or run. */
  depth(): Promise<number>;
}

/** The table behind one connection, whose patience is the table's. */
export function turnTable(redis: Redis): TurnTable {
  const run = (script: Script, ...args: string[]) => script(redis, KEYS, args);
  return {
    submit: async (ref) => (await run(SUBMIT, refKey(ref))) === 1,
    async claim(turn) {
      const key = await run(CLAIM, turn);
      return typeof key === 'string' ? parseRefKey(key) : null;
    },
    release: async (turn) => (await run(RELEASE, turn)) === 1,
    async cancel(ref) {
      const turn = await run(CANCEL, refKey(ref));
      return typeof turn === 'string' ? turn : null;
    },
    mend: async () => Number(await run(MEND)),
    async lost(claims) {
      if (claims.length === 0) return [];
      const states = await redis.hmget(STATES, ...claims.map(({ ref }) => refKey(ref)));
      return claims.filter(({ turn }, i) => !states[i]?.endsWith(`:${turn}`));
    },
    depth: () => redis.hlen(STATES),
  };
}
