import { createHash } from 'node:crypto';
import type { Redis } from './connection.ts';

export type ScriptArgument = string | number | Buffer;

/** A Lua script that Redis runs as one step. */
export type Script = (
  redis: Redis,
  keys: readonly string[],
  args: readonly ScriptArgument[],
) => Promise<unknown>;

/** Sends the hash of `lua` alone; the text itself only where Redis does not know it yet, or not any more. */
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

/** What a script answers of a hash, names and values in turn, as a record. */
export function recordOf(answer: unknown): Record<string, string> {
  const texts = answer as readonly string[];
  return Object.fromEntries(texts.flatMap((name, i) => (i % 2 === 0 ? [[name, texts[i + 1] ?? '']] : [])));
}
