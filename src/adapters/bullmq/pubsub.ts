import { connect } from '../redis/connection.ts';
import { kindOfWriteError } from '../redis/errors.ts';
import { ANNOUNCEMENTS, CANCELLATIONS } from './key-names.ts';

export interface SubscriptionOptions {
  readonly url: string;
  onAnnouncement(key: string): void;
  onCancellation(lease: string): void;
  /** Called after each successful subscription. Earlier messages may have been missed. */
  onSubscribed(): void;
  onError(error: unknown): void;
}

export interface Subscription extends Disposable {
  /** Subscribes again over a new connection: after a failover the old one may lead to the former primary. */
  renew(): void;
}

const FORBIDDEN_RETRY_MS = 5000;

/** Listens to the messages of all processes until it is disposed of. */
export function subscribe(options: SubscriptionOptions): Subscription {
  const { url, onAnnouncement, onCancellation, onSubscribed, onError } = options;
  const redis = connect(url, onError, { autoResubscribe: false });
  let retry: NodeJS.Timeout | undefined;
  const start = (): void => {
    clearTimeout(retry);
    redis.subscribe(ANNOUNCEMENTS, CANCELLATIONS).then(onSubscribed, (error) => {
      onError(error);
      if (kindOfWriteError(error) === 'NOPERM') retry = setTimeout(start, FORBIDDEN_RETRY_MS).unref();
      // Without an answer it is unknown which channels are subscribed: reconnect and subscribe again.
      else redis.disconnect(true);
    });
  };
  redis.on('ready', start);
  redis.on('message', (channel: string, message: string) => {
    if (channel === ANNOUNCEMENTS) onAnnouncement(message);
    else onCancellation(message);
  });
  return {
    renew() {
      if (redis.status === 'ready') redis.disconnect(true);
    },
    [Symbol.dispose]() {
      clearTimeout(retry);
      redis.off('ready', start);
      redis.disconnect();
    },
  };
}
