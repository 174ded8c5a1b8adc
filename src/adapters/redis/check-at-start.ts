import { InnerloopError, nullIfUnavailable } from '../../errors.ts';
import { firstAnswer, type Redis, type RedisPurpose } from './connection.ts';
import { checkRedis } from './requirements.ts';

/** How long the start waits for Redis. Afterwards the process starts, is not ready, and checks Redis when it answers. */
const START_WAIT_MS = 2000;

export type Instances = Readonly<Record<RedisPurpose, Redis>>;

export interface StartLog {
  warn(purpose: RedisPurpose, message: string): void;
  error(purpose: RedisPurpose, message: string): void;
}

/**
 * Checks each Redis that answers in time, and the others when they answer. Answers the set of purposes whose Redis has not
 * passed its check yet. A purpose is removed from the set when its Redis passes.
 * @throws InnerloopError `invalid_config` when a Redis that answers must not be used
 */
export async function checkInstances(
  instances: Instances,
  log: StartLog,
): Promise<ReadonlySet<RedisPurpose>> {
  const pending = new Set<RedisPurpose>(['store', 'queue', 'cache']);
  const check = async (purpose: RedisPurpose): Promise<readonly string[]> => {
    const neighbours = purpose === 'cache' ? [instances.store, instances.queue] : [];
    const { refusals, warnings } = await checkRedis(instances[purpose], purpose, neighbours);
    for (const words of warnings) log.warn(purpose, words);
    if (refusals.length === 0) pending.delete(purpose);
    return refusals.map((words) => refused(purpose, words));
  };

  const refusals = await Promise.all(
    [...pending].map(async (purpose) => {
      const answer = await firstAnswer(instances[purpose], START_WAIT_MS);
      if (typeof answer === 'object') return [refused(purpose, answer.refusal)];
      const found = answer === 'ready' ? await check(purpose).catch(nullIfUnavailable) : null;
      if (found === null) checkWhenReady(purpose);
      return found ?? [];
    }),
  );
  if (refusals.flat().length > 0) throw new InnerloopError('invalid_config', refusals.flat().join('\n'));
  return pending;

  function checkWhenReady(purpose: RedisPurpose): void {
    const redis = instances[purpose];
    log.warn(purpose, `the Redis for the ${purpose} does not answer yet: not ready until it does`);
    const onReady = async () => {
      const found = await check(purpose).catch(() => []);
      for (const words of found) log.error(purpose, words);
      if (pending.has(purpose)) redis.once('ready', onReady);
    };
    redis.once('ready', onReady);
  }
}

function refused(purpose: RedisPurpose, words: string): string {
  return `The Redis for the ${purpose} cannot be used. ${words}`;
}
