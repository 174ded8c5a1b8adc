import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, type Call, client } from '../client.ts';

const AGAIN = new Set([429, 503]);
/** Longer than any process starts. */
const PATIENCE_MS = 180_000;
const BROKEN = /^(fetch failed|terminated)$/;

/** A client that repeats each call until a process answers it, because processes die in the middle. */
export function persistentClient(
  addresses: () => readonly string[],
  token: string,
  onAnswer: () => void,
): Call {
  let turn = 0;
  return async (...call): Promise<Answer> => {
    let last: Answer | null = null;
    for (const begin = Date.now(); Date.now() - begin < PATIENCE_MS; ) {
      const all = addresses();
      const address = all[turn++ % Math.max(1, all.length)];
      const answer = address === undefined ? null : await ask(client(address, token), call);
      if (answer && !AGAIN.has(answer.status)) {
        onAnswer();
        return answer;
      }
      last = answer ?? last;
      await wait(20);
    }
    throw new Error(`No process answers ${call[0]} ${call[1]}; at last: ${JSON.stringify(last)}`);
  };
}

/** Null for a connection that broke. */
async function ask(call: Call, args: Parameters<Call>): Promise<Answer | null> {
  try {
    return await call(...args);
  } catch (error) {
    if (error instanceof Error && BROKEN.test(error.message)) return null;
    throw error;
  }
}
