import type { Redis } from 'ioredis';
import { connect } from '../redis/connection.ts';
import { CANCELLATIONS, NEWS } from './keys.ts';

export interface NewsOptions {
  readonly url: string;
  onAnnouncement(key: string): void;
  onCancellation(turn: string): void;
  /** The subscription stands, and whatever was said before may have been missed. */
  onSubscribed(): void;
  onError(error: unknown): void;
}

/** Listens to what all processes say, for as long as it is not disposed of. */
export function subscribeToNews(options: NewsOptions): Disposable {
  const { url, onAnnouncement, onCancellation, onSubscribed, onError } = options;
  const redis = connect(url, onError, { autoResubscribe: false });
  redis.on('ready', () => {
    // Without an answer there is no telling what is subscribed to: begin again.
    redis.subscribe(NEWS, CANCELLATIONS).then(onSubscribed, () => redis.disconnect(true));
  });
  redis.on('message', (channel: string, message: string) => {
    if (channel === NEWS) onAnnouncement(message);
    else onCancellation(message);
  });
  return { [Symbol.dispose]: () => end(redis) };
}

function end(redis: Redis): void {
  redis.removeAllListeners('ready');
  redis.disconnect();
}
