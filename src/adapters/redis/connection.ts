import { Redis, type RedisOptions } from 'ioredis';
import { InnerloopError } from '../../errors.ts';
import { storeFull } from '../store-full.ts';
import { limitAnswers, MOST_SILENCE_MS } from './answer-limit.ts';
import { commandOf, kindOfWriteError, refusalOf } from './errors.ts';

export type { Redis } from 'ioredis';

/** The purpose of a Redis: durable data, the queue of accepted work, or states that can be computed again. */
export type RedisPurpose = 'store' | 'queue' | 'cache';

const MAX_RECONNECT_MS = 500;
/** Minimum time between reconnects away from a replica, so that reads continue while there is no primary. */
const READONLY_RECONNECT_MS = 1000;
/** Refusals within this time count as one, because commands that are sent together are refused together. */
const SAME_BURST_MS = 100;

/**
 * A connection for commands of requests. It reconnects without limit.
 *
 * - Without a connection, commands fail at once instead of waiting in a queue.
 * - When the connection breaks, its commands in progress fail, because it is unknown whether Redis has executed them.
 * - Commands and the connection end when no answer comes; see `limitAnswers`. The caller of a request gets `unavailable`.
 *
 * @param options.answerMs maximum wait for the answer to a command
 */
export function connect(
  url: string,
  onError: (error: Error) => void,
  {
    answerMs = MOST_SILENCE_MS,
    ...options
  }: Pick<RedisOptions, 'autoResubscribe' | 'enableOfflineQueue'> & { answerMs?: number } = {},
): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: reconnectDelayMs,
    reconnectOnError: leaveReplica(1),
    ...options,
  });
  return limitAnswers(refuseOtherDatabase(redis, onError), answerMs);
}

/** The connections of a BullMQ worker: one for commands, and the copy that BullMQ makes for blocking reads. */
export interface WorkerConnections {
  readonly redis: Redis;
  /** Closes both connections at once. Commands in progress fail. */
  end(): void;
}

/** Connections for commands that no request waits for. While Redis is away, commands wait in a queue. */
export function connectWorker(url: string, onError: (error: Error) => void): WorkerConnections {
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: reconnectDelayMs,
    reconnectOnError: leaveReplica(2),
  });
  const all = [refuseOtherDatabase(redis, onError)];
  redis.duplicate = (options) => {
    const copy = Redis.prototype.duplicate.call(redis, { ...options, reconnectOnError: leaveReplica(2) });
    all.push(refuseOtherDatabase(copy, onError));
    return copy;
  };
  return { redis, end: () => all.forEach(end) };
}

function end(redis: Redis): void {
  redis.options.retryStrategy = () => null;
  // BullMQ waits for the event `end`. ioredis does not emit it for a connection that is closed between two attempts.
  if (redis.status === 'reconnecting') redis.connect().catch(() => undefined);
  redis.disconnect();
}

function reconnectDelayMs(attempt: number): number {
  return Math.min(50 * attempt, MAX_RECONNECT_MS);
}

/**
 * Reconnects when a write is refused with READONLY. After a failover the old primary is a replica, and connections to it
 * stay open; a refused write is the only sign. After a reconnect, the address leads to the new primary.
 *
 * `answer` is 1 to reconnect, or 2 to also send the command again. Only scripts and blocking reads are sent again, because
 * another command may be a part of a transaction.
 *
 * @see https://github.com/redis/ioredis#reconnect-on-error
 */
function leaveReplica(answer: 1 | 2): (error: Error) => 1 | 2 | false {
  let leftAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (kindOfWriteError(error) !== 'READONLY') return false;
    const now = performance.now();
    const sinceMs = now - leftAt;
    if (sinceMs > SAME_BURST_MS && sinceMs < READONLY_RECONNECT_MS) return false;
    if (sinceMs >= READONLY_RECONNECT_MS) leftAt = now;
    return RESENT.has(commandOf(error)) ? answer : 1;
  };
}

const RESENT: ReadonlySet<string> = new Set(['eval', 'evalsha', 'bzpopmin']);

/**
 * When Redis refuses the database of the URL, ioredis continues with database 0, which may contain other data. So close
 * such a connection before it is used.
 */
function refuseOtherDatabase(redis: Redis, onError: (error: Error) => void): Redis {
  return redis.on('error', (error) => {
    if (commandOf(error) === 'select') redis.disconnect(true);
    onError(error);
  });
}

const unavailableWords = {
  READONLY: 'The store takes no writes at the moment: try again',
  NOREPLICAS: 'The store takes no writes at the moment: try again',
  MISCONF: 'The store takes no writes at the moment: try again',
  NOPERM: 'The store refuses this service a permission that it needs: try again later',
} as const;

/** Runs `work`. Turns an error of Redis or its client into an `unavailable` error, with the original error as its cause. */
export async function withStoreErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof InnerloopError) throw cause;
    const kind = kindOfWriteError(cause);
    if (kind === 'OOM') throw storeFull(cause);
    const message = kind === null ? 'The store cannot be reached: try again' : unavailableWords[kind];
    throw new InnerloopError('unavailable', message, { retryAfterSeconds: 1, cause });
  }
}

/** Resolves when Redis is ready, when it refuses the connection, or after `waitMs`. */
export function firstAnswer(redis: Redis, waitMs: number): Promise<'ready' | 'none' | { refusal: string }> {
  if (redis.status === 'ready') return Promise.resolve('ready');
  return new Promise((resolve) => {
    const settle = (answer: Awaited<ReturnType<typeof firstAnswer>>) => {
      clearTimeout(timer);
      redis.off('ready', onReady).off('error', onError);
      resolve(answer);
    };
    const onReady = () => settle('ready');
    const onError = (error: Error) => {
      const refusal = refusalOf(error);
      if (refusal !== null) settle({ refusal });
    };
    const timer = setTimeout(settle, waitMs, 'none');
    redis.on('ready', onReady).on('error', onError);
  });
}
