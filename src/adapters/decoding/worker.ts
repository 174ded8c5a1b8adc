/**
 * Entry point of a decoding thread. It must not load ONNX Runtime: the pool terminates threads that take too long, and
 * that would abort the process during a run.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { ContentReader, Take } from './content-reader.ts';
import {
  type DecodingSettings,
  errorOf,
  type Job,
  plainError,
  type ReaderKind,
  type Reply,
  type Request,
} from './messages.ts';
import { readers } from './readers.ts';

if (!parentPort) throw new Error('Expected to run in a worker thread');
const port = parentPort;
const settings = workerData as DecodingSettings;

const loaded = new Map<ReaderKind, Promise<ContentReader>>();
const takes = new Map<number, { resolve(): void; reject(error: Error): void }>();

port.on('message', (request: Request) => {
  if (request.type === 'close') port.close();
  else if (request.type === 'taken') settleTake(request);
  else void answer(request);
});

async function answer({ call, job }: Extract<Request, { type: 'run' }>): Promise<void> {
  const take: Take = (amount) =>
    new Promise((resolve, reject) => {
      takes.set(call, { resolve, reject });
      port.postMessage({ type: 'take', call, amount } satisfies Reply);
    });
  try {
    const result = await run(job, take);
    port.postMessage({ type: 'done', call, result } satisfies Reply, buffersIn(result));
  } catch (error) {
    port.postMessage({ type: 'failed', call, error: plainError(error) } satisfies Reply);
  }
}

function settleTake({ call, error }: Extract<Request, { type: 'taken' }>): void {
  const waiting = takes.get(call);
  takes.delete(call);
  if (error) waiting?.reject(errorOf(error));
  else waiting?.resolve();
}

async function run(job: Job, take: Take): Promise<unknown> {
  if (job.type === 'image') {
    const { createSharpDecoder } = await import('../sharp/decoder.ts');
    return createSharpDecoder(settings.pictures).decode(job.bytes, job.preprocessing, take);
  }
  const reader = await readerOf(job.kind);
  return job.type === 'canonical'
    ? reader.canonical(job.bytes, take)
    : reader.prepare(job.bytes, job.encoder, take);
}

function readerOf(kind: ReaderKind): Promise<ContentReader> {
  const known = loaded.get(kind);
  if (known) return known;
  const reader = readers[kind];
  if (!reader) throw new RangeError(`Expected a reader of ${kind}, got none`);
  const loading = reader(settings);
  loaded.set(kind, loading);
  return loading;
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
