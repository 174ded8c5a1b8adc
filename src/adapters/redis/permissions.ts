import type { Redis, RedisPurpose } from './connection.ts';
import { commandOf, isUnknownCommand, kindOfWriteError, refusalOfCommand } from './errors.ts';

type Call = readonly [command: string, ...args: (string | number)[]];

/** Prefixes of the keys of the probe, which has one key for each type of value. The keys expire. Processes share them. */
const SECONDS = 60;
const STORE = 'innerloop:{probe}';
const QUEUE = 'innerloop:{queue}:probe';

const scripts: readonly Call[] = [
  ['eval', 'return 1', 0],
  ['evalsha', 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db', 0],
];

/**
 * Every command that this service sends for a purpose, on keys of the probe. Most calls change nothing. Without this probe,
 * a user that lacks one permission could start and fail later. `test/adapters/redis/permissions.contract.test.ts` compares the list
 * with the commands that a Redis has received.
 */
export const calls: Readonly<Record<RedisPurpose, readonly Call[]>> = {
  store: [
    ['set', `${STORE}:text`, 0, 'EX', SECONDS],
    ['incr', `${STORE}:text`],
    ['pexpire', `${STORE}:text`, SECONDS * 1000],
    ['pttl', `${STORE}:text`],
    ['exists', `${STORE}:text`],
    ['hset', `${STORE}:hash`, 'field', 0],
    ['hincrby', `${STORE}:hash`, 'field', 1],
    ['hsetnx', `${STORE}:hash`, 'field', 0],
    ['hget', `${STORE}:hash`, 'field'],
    ['hmget', `${STORE}:hash`, 'field'],
    ['hgetall', `${STORE}:hash`],
    ['hexists', `${STORE}:hash`, 'field'],
    ['hlen', `${STORE}:hash`],
    ['hkeys', `${STORE}:hash`],
    ['hstrlen', `${STORE}:hash`, 'field'],
    ['hdel', `${STORE}:hash`, 'none'],
    ['sadd', `${STORE}:set`, 'member'],
    ['smembers', `${STORE}:set`],
    ['zadd', `${STORE}:sorted`, 'XX', 0, 'none'],
    ['zscore', `${STORE}:sorted`, 'none'],
    ['zcard', `${STORE}:sorted`],
    ['zrange', `${STORE}:sorted`, 0, 0],
    ['zrangebyscore', `${STORE}:sorted`, 0, 0],
    ['zrem', `${STORE}:sorted`, 'none'],
    ...scripts,
    ['unlink', `${STORE}:hash`, `${STORE}:set`],
  ],
  queue: [
    ['set', `${QUEUE}:text`, 0, 'EX', SECONDS],
    ['get', `${QUEUE}:text`],
    ['incr', `${QUEUE}:text`],
    ['pexpire', `${QUEUE}:text`, SECONDS * 1000],
    ['pttl', `${QUEUE}:text`],
    ['persist', `${QUEUE}:none`],
    ['exists', `${QUEUE}:text`],
    ['hset', `${QUEUE}:hash`, 'field', 0],
    ['hmset', `${QUEUE}:hash`, 'field', 0],
    ['hincrby', `${QUEUE}:hash`, 'field', 1],
    ['hget', `${QUEUE}:hash`, 'field'],
    ['hmget', `${QUEUE}:hash`, 'field'],
    ['hgetall', `${QUEUE}:hash`],
    ['hexists', `${QUEUE}:hash`, 'field'],
    ['hlen', `${QUEUE}:hash`],
    ['hkeys', `${QUEUE}:hash`],
    ['hdel', `${QUEUE}:hash`, 'none'],
    ['sadd', `${QUEUE}:set`, 'member'],
    ['srem', `${QUEUE}:set`, 'none'],
    ['scard', `${QUEUE}:set`],
    ['smembers', `${QUEUE}:set`],
    ['rpush', `${QUEUE}:list`, 'item'],
    ['lpush', `${QUEUE}:list`, 'item'],
    ['lpos', `${QUEUE}:list`, 'none'],
    ['lrange', `${QUEUE}:list`, 0, 0],
    ['lrem', `${QUEUE}:list`, 0, 'none'],
    ['llen', `${QUEUE}:list`],
    ['ltrim', `${QUEUE}:list`, 0, 0],
    ['rpoplpush', `${QUEUE}:none`, `${QUEUE}:list`],
    ['lpop', `${QUEUE}:none`],
    ['zadd', `${QUEUE}:sorted`, 'XX', 0, 'none'],
    ['zscore', `${QUEUE}:sorted`, 'none'],
    ['zcard', `${QUEUE}:sorted`],
    ['zrange', `${QUEUE}:sorted`, 0, 0],
    ['zrevrange', `${QUEUE}:sorted`, 0, 0],
    ['zrangebyscore', `${QUEUE}:sorted`, 0, 0],
    ['zrevrangebyscore', `${QUEUE}:sorted`, 0, 0],
    ['zrem', `${QUEUE}:sorted`, 'none'],
    ['zremrangebyrank', `${QUEUE}:sorted`, 0, 0],
    ['zremrangebyscore', `${QUEUE}:sorted`, 0, 0],
    ['zpopmin', `${QUEUE}:sorted`],
    ['bzpopmin', `${QUEUE}:sorted`, 0.001],
    ['xadd', `${QUEUE}:stream`, 'NOMKSTREAM', '*', 'field', 'value'],
    ['xtrim', `${QUEUE}:stream`, 'MAXLEN', 0],
    ['publish', `${QUEUE}:channel`, ''],
    ['time'],
    ...scripts,
    ['del', `${QUEUE}:none`],
    ['unlink', `${QUEUE}:hash`, `${QUEUE}:set`, `${QUEUE}:list`],
  ],
  cache: [
    ['set', `${STORE}:state`, 0, 'EX', SECONDS],
    ['getex', `${STORE}:state`, 'EX', SECONDS],
    ['exists', `${STORE}:state`],
    ['unlink', `${STORE}:none`],
    ['scan', 0, 'MATCH', `${STORE}:none`, 'COUNT', 1],
  ],
};

/**
 * Tries all commands of a purpose. Answers the error when Redis refuses writes, else null. Rejects when Redis does not
 * answer.
 */
export async function probeWrites(redis: Redis, purpose: RedisPurpose): Promise<Error | null> {
  const errors = await errorsOfCalls(redis, purpose);
  const missing = wordsFor(missingIn(errors));
  return missing === null
    ? (errors.find((error) => kindOfWriteError(error) !== null) ?? null)
    : new Error(missing);
}

async function errorsOfCalls(redis: Redis, purpose: RedisPurpose): Promise<readonly Error[]> {
  const answers = (await redis.pipeline(calls[purpose].map((call) => [...call])).exec()) ?? [];
  const errors = answers.flatMap(([error]) => error ?? []);
  const lost = errors.find((error) => commandOf(error) === '');
  if (lost) throw lost;
  return errors;
}

/**
 * A message that names the commands that the user may not call or that Redis does not have, or null. Other reasons for a
 * refused write may pass, so the write probe reports them. Rejects when Redis does not answer.
 */
export async function missingPermissions(redis: Redis, purpose: RedisPurpose): Promise<string | null> {
  const missing = wordsFor(missingIn(await errorsOfCalls(redis, purpose)));
  if (missing !== null || purpose === 'cache') return missing;
  // These commands cannot be part of a pipeline.
  return wordsFor([
    ...(await missingToTransact(redis)),
    ...(purpose === 'store' ? [] : await missingToSubscribe(redis)),
  ]);
}

/** A command that cannot be called, and the message of Redis. */
interface Missing {
  readonly command: string;
  readonly said: string;
}

function missingIn(errors: readonly Error[]): readonly Missing[] {
  return errors.flatMap((error) => {
    const said = refusalOfCommand(error);
    return said === null ? [] : [{ command: commandOf(error), said }];
  });
}

function wordsFor(missing: readonly Missing[]): string | null {
  const [first] = missing;
  if (!first) return null;
  const { said } = first;
  const unknown = missing.filter((each) => isUnknownCommand(each.said)).map(({ command }) => command);
  if (unknown.length > 0)
    return `It does not have the commands ${unknown.join(', ')} (it says ${JSON.stringify(said)}): use a Redis in which rename-command has not removed them`;
  const commands = missing.map(({ command }) => command);
  const grants = commands.map((command) => `+${command}`).join(' ');
  return `Its user may not call ${commands.join(', ')} on keys of this service (it says ${JSON.stringify(said)}): grant the missing commands, as in ACL SETUSER name ${grants} ~innerloop:* &innerloop:*`;
}

async function missingToTransact(redis: Redis): Promise<readonly Missing[]> {
  return redis
    .multi()
    .exists(`${STORE}:none`)
    .exec()
    .then(() => [], missingOf('multi', 'exec'));
}

async function missingToSubscribe(redis: Redis): Promise<readonly Missing[]> {
  const subscriber = redis.duplicate({ enableOfflineQueue: true, autoResubscribe: false });
  subscriber.on('error', () => undefined);
  return subscriber
    .subscribe(`${QUEUE}:channel`)
    .then(() => [], missingOf('subscribe'))
    .finally(() => subscriber.disconnect());
}

/** For `catch`: these commands if they cannot be called. */
function missingOf(...commands: readonly string[]): (error: unknown) => readonly Missing[] {
  return (error) => {
    const said = refusalOfCommand(error);
    if (said === null) throw error;
    return commands.map((command) => ({ command, said }));
  };
}
