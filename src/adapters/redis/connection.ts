import { Redis, type RedisOptions } from 'ioredis';
import { InnerloopError } from '../../errors.ts';
import { commandOf, kindOfWriteError, refusalOf } from './errors.ts';

export type { Redis } from 'ioredis';

/** What a Redis is for: the durable data, the queue of accepted work, or states that can be computed again. */
export type RedisPurpose = 'store' | 'queue' | 'cache';

/** Longest wait for an answer to a request's command: well under a second, then the caller is asked to try again. */
const COMMAND_TIMEOUT_MS = 700;
const MAX_RECONNECT_MS = 500;
/** A connection to a replica is given up at most once in this time, so that reads go on while there is no primary. */
const READONLY_RECONNECT_MS = 1000;
/** Commands that were sent together are refused together. */
const SAME_BURST_MS = 100;

/**
 * For commands of requests. Without a connection they fail at once instead of queueing. A command that was under way
 * when the connection broke fails too, because nobody knows whether Redis has executed it. When one command gets no
 * answer in time, the whole connection is given up: a request sends several, and must not wait for each. Reconnects
 * forever.
 */
export function connect(
  url: string,
  onError: (error: Error) => void,
  options: Pick<RedisOptions, 'autoResubscribe' | 'commandTimeout' | 'enableOfflineQueue'> = {},
): Redis {
  const { commandTimeout = COMMAND_TIMEOUT_MS } = options;
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout,
    // A short commandTimeout is often missed under load; the connection is not to blame before the usual time.
    socketTimeout: Math.max(commandTimeout, COMMAND_TIMEOUT_MS),
    retryStrategy: reconnectDelayMs,
    reconnectOnError: leaveReplica(1),
    ...options,
  });
  return refuseOtherDatabase(redis, onError);
}

/** The connections of a BullMQ worker: one for commands, and the copy that BullMQ makes to block on. */
export interface WorkerConnections {
  readonly redis: Redis;
  /** Ends both at once. Commands that are under way fail. */
  end(): void;
}

/** For commands that no request waits for: they are kept while Redis is away, and sent when it is back. */
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
  // ioredis emits no `end` for a connection that is given up between two attempts, and BullMQ waits for that event.
  if (redis.status === 'reconnecting') redis.connect().catch(() => undefined);
  redis.disconnect();
}

function reconnectDelayMs(attempt: number): number {
  return Math.min(50 * attempt, MAX_RECONNECT_MS);
}

/**
 * After a failover the old primary is a replica, and connections to it stay open. A refused write is the only sign, so
 * it makes the connection reconnect; the address then leads to the new primary. `answer` is 1, or 2 to send the command
 * again afterwards. Only scripts and blocking reads are sent again: another command may be one part of a transaction.
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
 * When Redis refuses the database of the URL, ioredis goes on with database 0, where the data of somebody else may be.
 * Give up such a connection before it is used.
 */
function refuseOtherDatabase(redis: Redis, onError: (error: Error) => void): Redis {
  return redis.on('error', (error) => {
    if (commandOf(error) === 'select') redis.disconnect(true);
    onError(error);
  });
}

const unavailableWords = {
  OOM: 'The store is full and takes deletions only: try again later',
  READONLY: 'The store takes no writes at the moment: try again',
  NOREPLICAS: 'The store takes no writes at the moment: try again',
  MISCONF: 'The store takes no writes at the moment: try again',
  NOPERM: 'The store refuses this service a permission that it needs: try again later',
} as const;

/** Runs `work`, and turns errors of Redis and its client into `unavailable` ones, with the error as the cause. */
export async function withStoreErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof InnerloopError) throw cause;
    const kind = kindOfWriteError(cause);
    const message = kind === null ? 'The store cannot be reached: try again' : unavailableWords[kind];
    throw new InnerloopError('unavailable', message, { retryAfterSeconds: 1, cause });
  }
}

/** Resolves when Redis is ready, refuses the connection, or has not answered in `waitMs`. */
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
