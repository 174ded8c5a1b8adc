import { text } from 'node:stream/consumers';
import { InnerloopError } from '../../errors.ts';
import { spawnNode } from '../spawn-node.ts';
import type { Trial } from './trial.ts';

interface TrialLimits {
  /** Default: 20 s. */
  readonly timeoutMs?: number;
  /** Memory of the process. Default: 1.5 GB; a vocabulary of 250,000 pieces takes some hundred MB. */
  readonly memoryMb?: number;
}

/**
 * Opens a foreign tokenizer and cuts the most expensive texts with it, in a process that is ended at the limits: a regular
 * expression in the file can take years for one line of text, and replacements can make a text of any length. In a thread, one
 * large allocation would end the whole process.
 * @throws InnerloopError `invalid_package` as `parseTokenEncoder`, and beyond a limit
 */
export async function tryTokenizer(
  bytes: Uint8Array,
  { timeoutMs = 20_000, memoryMb = 1536 }: TrialLimits = {},
): Promise<void> {
  const child = spawnNode('trial', import.meta.url, timeoutMs);
  try {
    child.given.write(`${memoryMb * 2 ** 20}\n`);
    child.given.end(bytes);
    const [answer, end] = await Promise.all([text(child.answer), child.ended]);
    if (end === 'timeout')
      throw refused(`cuts short texts within ${timeoutMs / 1000} s`, 'one that takes longer');
    if (answer === '') throw refused(`opens within ${memoryMb} MB`, `one that ended its process: ${end}`);
    const { refusal } = JSON.parse(answer) as Trial;
    if (refusal !== null) throw new InnerloopError('invalid_package', refusal);
  } finally {
    child.kill();
  }
}

function refused(limit: string, got: string): InnerloopError {
  const expected = `a tokenizer that ${limit}`;
  return new InnerloopError('invalid_package', `tokenizer.json: expected ${expected}, got ${got}`, {
    expected,
    got,
  });
}
