import { createHash } from 'node:crypto';
import type { Redis } from './connection.ts';

export type ScriptArgument = string | number | Buffer;

/** A Lua script that Redis runs as one step. */
export type Script = (
  redis: Redis,
  keys: readonly string[],
  args: readonly ScriptArgument[],
) => Promise<unknown>;

/** Sends only the hash of `lua`, and the text itself when Redis does not know the hash. */
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

/** A hash as a script answers it, names and values in turn, as a record. */
export function recordOf(answer: unknown): Record<string, string> {
  const texts = answer as readonly string[];
  return Object.fromEntries(texts.flatMap((name, i) => (i % 2 === 0 ? [[name, texts[i + 1] ?? '']] : [])));
}
