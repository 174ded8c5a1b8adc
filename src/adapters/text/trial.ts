/**
 * Entry point of a thread that tries a foreign tokenizer.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
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

parentPort?.postMessage(trial(workerData as Uint8Array));
