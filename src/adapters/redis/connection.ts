import { Redis, type RedisOptions } from 'ioredis';
import { InnerloopError } from '../../errors.ts';

/** Longest wait for an answer. Whoever asked is told to try again, well within a second. */
const COMMAND_TIMEOUT_MS = 800;
/** A connection on which nothing comes back for so long is given up for a new one. */
const SOCKET_TIMEOUT_MS = 3000;
const MAX_RECONNECT_MS = 500;

/**
 * For commands that somebody waits for: without a connection they fail at once instead of gathering, and one that was
 * under way when the connection broke fails too, as nobody can tell whether it was executed. Reconnects for ever.
 */
export function connect(
  url: string,
  onError: (error: Error) => void,
  options: Pick<RedisOptions, 'autoResubscribe' | 'commandTimeout' | 'enableOfflineQueue'> = {},
): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
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
    throw new InnerloopError('unavailable', 'The store cannot be reached: try again', {
      retryAfterSeconds: 1,
      cause,
    });
  }
}
