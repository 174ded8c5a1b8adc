import { Redis } from 'ioredis';

const MAX_RECONNECT_MS = 500;

/** What a BullMQ worker talks through: nobody waits for its commands, and they outlast a Redis that is away. */
export interface WorkerConnections {
  /** BullMQ makes itself a copy to block on. */
  readonly redis: Redis;
  /** Ends both, whatever they are about, and whoever waits for them. */
  end(): void;
}

export function connectWorker(url: string, onError: (error: Error) => void): WorkerConnections {
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(50 * attempt, MAX_RECONNECT_MS),
  });
  redis.on('error', onError);
  const all = [redis];
  redis.duplicate = (options) => {
    const copy = Redis.prototype.duplicate.call(redis, options);
    all.push(copy.on('error', onError));
    return copy;
  };
  return { redis, end: () => all.forEach(end) };
}

function end(redis: Redis): void {
  redis.options.retryStrategy = () => null;
  // Of a connection that it gives up between two attempts ioredis tells nobody, and BullMQ waits to hear it.
  if (redis.status === 'reconnecting') redis.connect().catch(() => undefined);
  redis.disconnect();
}
