import { InnerloopError } from '../../../errors.ts';
import { type NodeProcess, spawnNode } from '../../spawn-node.ts';
import { type Answer, orderFrame, readAnswer } from './frames.ts';
import type { RunForeign } from './run-foreign.ts';

interface ApartLimits {
  /** For all runs of one model together, and the start of the process. Default: 2 minutes. */
  readonly timeoutMs?: number;
  /** Memory beside four times the bytes of the model. Default: 2 GiB. */
  readonly spareBytes?: number;
}

/** The runtime holds a model several times: as bytes, decoded, and packed for its kernels. */
const COPIES = 4;
const MAX_ANSWER_BYTES = 2 ** 30;

/**
 * Runs foreign models in a separate process, which is killed when it exceeds the limits of time or memory. So no file can stop
 * or exhaust the process that imports it.
 * @throws InnerloopError `invalid_package` beyond a limit, when the process ends, and as `runForeign`
 */
export function createRunApart({
  timeoutMs = 120_000,
  spareBytes = 2 * 2 ** 30,
}: ApartLimits = {}): RunForeign {
  return async (model, runs, outputs) => {
    const mostBytes = spareBytes + COPIES * model.length;
    const child = spawnNode('apart', import.meta.url, timeoutMs);
    try {
      child.given.write(orderFrame({ runs, outputs, mostBytes }));
      child.given.end(model);
      const [answer, end] = await Promise.all([answerOf(child), child.ended]);
      if (end === 'timeout') throw refused(`runs within ${timeoutMs / 1000} s`, 'one that takes longer');
      if (!answer) throw ended(end, mostBytes);
      if ('refusal' in answer) throw new InnerloopError('invalid_package', answer.refusal.message);
      return answer.results;
    } finally {
      child.kill();
    }
  };
}

/** Null when the process ended before its answer was complete. */
async function answerOf({ answer, kill }: NodeProcess): Promise<Answer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) {
      kill();
      throw refused(`answers with at most ${MAX_ANSWER_BYTES} bytes`, 'one that answers with more');
    }
    chunks.push(chunk);
  }
  try {
    return readAnswer(Buffer.concat(chunks));
  } catch {
    return null;
  }
}

/** The watch of memory and the operating system end a process by the same signal. */
const ended = (end: NodeJS.Signals | number, mostBytes: number) =>
  end === 'SIGKILL'
    ? refused(`runs within ${Math.round(mostBytes / 2 ** 20)} MiB of memory`, 'one that needs more')
    : refused('ONNX Runtime runs', `one that ended its process: ${end}`);

function refused(limit: string, got: string): InnerloopError {
  const expected = `one that ${limit}`;
  return new InnerloopError('invalid_package', `ONNX model: expected ${expected}, got ${got}`, {
    expected,
    got,
  });
}
