/**
 * Entry point of a process that tries a foreign tokenizer, and answers on pipe 3. It is given its limit of memory in bytes, a
 * line break, and the file.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { watchProcess } from '../watch-process.ts';
import { parseTokenEncoder } from './hugging-face.ts';

/** Why a tokenizer is refused; null when it is not. */
export interface Trial {
  readonly refusal: string | null;
}

const LENGTH = 4000;
/** Regular expressions backtrack longest on a run of one kind of character that ends with another kind. */
const TEXTS = ['a', ' ', '0', '-', 'é', '漢', '\n', 'ab ', "a'", '<s>'].map(
  (run) => `${run.repeat(LENGTH / run.length)}\u0001`,
);

function trial(bytes: Uint8Array): Trial {
  try {
    const { encode } = parseTokenEncoder(bytes);
    for (const text of TEXTS) encode(text);
    return { refusal: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isOurs = reason.startsWith('tokenizer.json: ');
    return {
      refusal: isOurs ? reason : `tokenizer.json: expected a tokenizer that cuts every text, got ${reason}`,
    };
  }
}

const ANSWER = 3;

const given = await buffer(process.stdin);
const end = given.indexOf('\n');
const watch = watchProcess(Number(given.toString('utf8', 0, end)));
writeFileSync(ANSWER, JSON.stringify(trial(given.subarray(end + 1))));
await watch.terminate();
