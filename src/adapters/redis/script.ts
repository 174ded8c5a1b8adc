import { createHash } from 'node:crypto';
import type { Redis } from './connection.ts';

export type ScriptArgument = string | number | Buffer;

/** A Lua script. Redis runs it atomically. */
export type Script = (
  redis: Redis,
  keys: readonly string[],
  args: readonly ScriptArgument[],
) => Promise<unknown>;

/** Sends the hash of `lua`. When Redis does not know the hash, sends the text. */
export function script(lua: string): Script {
  const hash = createHash('sha1').update(lua).digest('hex');
  return async (redis, keys, args) => {
    try {
      return await redis.evalsha(hash, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(lua, keys.length, ...keys, ...args);
    }
  };
}

/** A record from a list of alternating names and values, which is how scripts answer a hash. */
export function recordOf(answer: unknown): Record<string, string> {
  const texts = answer as readonly string[];
  return Object.fromEntries(texts.flatMap((name, i) => (i % 2 === 0 ? [[name, texts[i + 1] ?? '']] : [])));
}
