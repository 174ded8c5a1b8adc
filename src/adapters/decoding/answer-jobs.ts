import type { MessagePort } from 'node:worker_threads';
import type { Take } from './content-reader.ts';
import { errorOf, type Job, plainError, type Reply, type Request } from './messages.ts';
import type { Readers } from './readers.ts';

/**
 * A content with at most this many pixels or samples is decoded before it is counted, because asking its budget takes
 * longer. `MAX_INPUTS` contents of this size together have the default of `MAX_REQUEST_PIXELS`.
 */
const UNASKED = 2 ** 15;

/** Runs the jobs that arrive at `port`, in a decoding thread, until it is asked to close. */
export function answerJobs(port: MessagePort, readers: Readers): void {
  const takes = new Map<number, { resolve(): void; reject(error: Error): void }>();
  const [text, image, audio] = [once(readers.text), once(readers.image), once(readers.audio)];
  const columns = once(() => import('./columns.ts'));
  const readerOf = { text, image, audio };

  port.on('message', (request: Request) => {
    if (request.type === 'close') port.close();
    else if (request.type === 'taken') settleTake(request);
    else void answer(request);
  });
  port.postMessage({ type: 'started' } satisfies Reply);

  async function answer({ call, job }: Extract<Request, { type: 'run' }>): Promise<void> {
    let uncounted = 0;
    const take: Take = (amount) => {
      if (amount <= UNASKED) {
        uncounted = amount;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        takes.set(call, { resolve, reject });
        port.postMessage({ type: 'take', call, amount } satisfies Reply);
      });
    };
    try {
      const result = await run(job, take);
      port.postMessage({ type: 'done', call, uncounted, result } satisfies Reply, buffersIn(result));
    } catch (error) {
      port.postMessage({ type: 'failed', call, uncounted, error: plainError(error) } satisfies Reply);
    }
  }

  function settleTake({ call, error }: Extract<Request, { type: 'taken' }>): void {
    const waiting = takes.get(call);
    takes.delete(call);
    if (error) waiting?.reject(errorOf(error));
    else waiting?.resolve();
  }

  async function run(job: Job, take: Take): Promise<unknown> {
    if (job.type === 'columns') return (await columns()).columnsIn(job.bytes);
    if (job.type === 'image') return (await image()).image(job.bytes, job.preprocessing, take);
    if (job.type === 'thumbnail') return (await image()).thumbnail(job.bytes, job.side, take);
    if (job.type === 'masked') return (await image()).masked(job.bytes, job.grid, take);
    if (job.type === 'overlay') return (await image()).overlay(job.contributions, job.grid);
    const reader = await readerOf[job.kind]();
    return job.type === 'canonical'
      ? reader.canonical(job.bytes, take)
      : reader.prepare(job.bytes, job.encoder, take);
  }
}

/** Loads a reader once. */
function once<Reader>(load: () => Promise<Reader>): () => Promise<Reader> {
  let loaded: Promise<Reader> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}

/** The buffers to move with a result. Views of a part, and Node's buffers, which cannot be moved, are copied instead. */
function buffersIn(result: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      const { buffer, byteLength } = value;
      const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
      if (isWhole && !Buffer.isBuffer(value)) found.add(buffer);
    } else if (value !== null && typeof value === 'object') Object.values(value).forEach(visit);
  };
  visit(result);
  return [...found];
}
