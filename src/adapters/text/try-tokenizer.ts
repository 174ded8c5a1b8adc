import { InnerloopError } from '../../errors.ts';
import { spawnThread } from '../spawn-thread.ts';
import type { Trial } from './trial.ts';

interface TrialLimits {
  /** Default: 20 s. */
  readonly timeoutMs?: number;
  /** Memory for JavaScript values. Default: 1 GB; a vocabulary of 250,000 pieces takes some hundred MB. */
  readonly heapMb?: number;
}

/**
 * Opens a foreign tokenizer and cuts the most expensive texts with it. This runs in a thread that is ended after the time
 * limit: a regular expression in the file can take years for one line of text.
 * @throws InnerloopError `invalid_package` as `parseTokenEncoder`, and beyond a limit
 */
export async function tryTokenizer(
  bytes: Uint8Array,
  { timeoutMs = 20_000, heapMb = 1024 }: TrialLimits = {},
): Promise<void> {
  const worker = spawnThread('trial', import.meta.url, {
    workerData: bytes,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const seconds = `${timeoutMs / 1000} s`;
  let timer: NodeJS.Timeout | undefined;
  try {
    const { refusal } = await new Promise<Trial>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (cause) => reject(refused(`opens within ${heapMb} MB`, cause.message, cause)));
      timer = setTimeout(
        () => reject(refused(`cuts short texts within ${seconds}`, 'one that takes longer')),
        timeoutMs,
      );
    });
    if (refusal !== null) throw new InnerloopError('invalid_package', refusal);
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function refused(limit: string, got: string, cause?: unknown): InnerloopError {
  const expected = `a tokenizer that ${limit}`;
  return new InnerloopError('invalid_package', `tokenizer.json: expected ${expected}, got ${got}`, {
    expected,
    got,
    cause,
  });
}
