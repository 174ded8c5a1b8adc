import { Redis, type RedisOptions } from 'ioredis';
import { InnerloopError } from '../../errors.ts';

/** Longest wait for an answer. Whoever asked is told to try again, well within a second. */
const COMMAND_TIMEOUT_MS = 700;
const MAX_RECONNECT_MS = 500;

/**
 * For commands that somebody waits for: without a connection they fail at once instead of gathering, and one that was
 * under way when the connection broke fails too, as nobody can tell whether it was executed. One on which nothing comes
 * back is given up as soon as the first command is: a request asks several times, and must not wait as often. Reconnects
 * for ever.
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
    // Of counts, which are waited for less, many may be late before the connection is to blame.
    socketTimeout: Math.max(commandTimeout, COMMAND_TIMEOUT_MS),
    retryStrategy: (attempt) => Math.min(50 * attempt, MAX_RECONNECT_MS),
    ...options,
  });
  redis.on('error', onError);
  return redis;
}

/** `work`, whose failures become `unavailable`: what Redis and its client say is a cause, for logs. */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof InnerloopError) throw cause;
    const message = isFull(cause)
      ? 'The store is full and takes deletions only: try again later'
      : 'The store cannot be reached: try again';
    throw new InnerloopError('unavailable', message, { retryAfterSeconds: 1, cause });
  }
}

/** Whether Redis has refused a write for want of memory. Before 7 it wraps what a script met in words of its own. */
function isFull(error: unknown): boolean {
  return error instanceof Error && error.message.includes('OOM command not allowed');
}
