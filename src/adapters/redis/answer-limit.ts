import { type Redis, ReplyError } from 'ioredis';

/** A command that times out closes its connection after this silence. Load alone often causes shorter ones. */
export const MOST_SILENCE_MS = 700;

/**
 * Makes commands fail that get no answer within `limitMs`. If no answer at all has come for `MOST_SILENCE_MS` by then, closes the
 * connection: a request sends several commands, and must not wait for each of them.
 *
 * ioredis has timers for both. After a pause of this process, they fire before the answers are read that arrived during the
 * pause, so a busy machine would seem to be one without Redis. Here these answers are read first.
 */
export function limitAnswers(redis: Redis, limitMs: number): Redis {
  const send = redis.sendCommand.bind(redis);
  /** When the first command was sent after the last answer. */
  let silentSince: number | null = null;
  const onAnswer = () => {
    silentSince = null;
  };
  redis.on('close', onAnswer);
  redis.sendCommand = (command, stream) => {
    const answer = send(command, stream);
    silentSince ??= performance.now();
    const giveUp = () => {
      if (command.isSettled) return;
      command.reject(new Error('Command timed out'));
      const silentMs = silentSince === null ? 0 : performance.now() - silentSince;
      if (silentMs < MOST_SILENCE_MS) return;
      // At once: `disconnect` would wait for the other side.
      redis.stream.destroy(new Error(`No answer for ${Math.floor(silentMs)} ms: the connection is closed`));
    };
    // Timers run before sockets are read, and immediates after that.
    const timer = setTimeout(setImmediate, limitMs, giveUp);
    command.promise
      .then(onAnswer, (error: unknown) => {
        if (error instanceof ReplyError) onAnswer();
      })
      .then(() => clearTimeout(timer));
    return answer;
  };
  return redis;
}
