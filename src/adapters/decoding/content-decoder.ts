import type { Content } from '../../domain/content.ts';
import type { InferredColumns } from '../../domain/rows/infer-columns.ts';
import { InnerloopError } from '../../errors.ts';
import type {
  ContentDecoder,
  DecodedContent,
  DecodeLimits,
  MaskedPictures,
  Prepared,
} from '../../ports/content-decoder.ts';
import type { Tensor } from '../../tensor.ts';
import { spawnThread } from '../spawn-thread.ts';
import { joinRows } from './columns.ts';
import type { CanonicalBytes } from './content-reader.ts';
import { type Call, DecodingThread } from './decoding-thread.ts';
import type { DecodingSettings, Job, ReaderKind } from './messages.ts';
import { preparedTensor } from './prepared-tensor.ts';

export interface DecodingOptions extends DecodingSettings {
  readonly threads: number;
  /** Maximum time of one content in a thread. Default: 30 s, which no content within the limits reaches. */
  readonly timeoutMs?: number;
  /** Maximum memory of one thread, for JavaScript values; buffers have limits of their own. Default: 256 MB. */
  readonly heapMb?: number;
  /** The module of the threads, for tests. Default: `worker`. */
  readonly module?: { readonly name: string; readonly importer: string };
}

export interface DecodingPool extends ContentDecoder {
  /** Starts the first thread, so that the first content does not wait for it. */
  start(): void;
}

/** Decodes in a pool of threads, which start when they are first needed. Jobs of predictions run before other jobs. */
export function createContentDecoder({
  threads,
  timeoutMs = 30_000,
  heapMb = 256,
  module = { name: 'worker', importer: import.meta.url },
  ...settings
}: DecodingOptions): DecodingPool {
  const waiting: { readonly prediction: Call[]; readonly support: Call[] } = { prediction: [], support: [] };
  let isClosing = false;
  let running = 0;
  let onIdle = () => {};

  const pool = Array.from(
    { length: threads },
    () =>
      new DecodingThread({
        timeoutMs,
        heapMb,
        spawn: () =>
          spawnThread(module.name, module.importer, {
            workerData: settings,
            resourceLimits: { maxOldGenerationSizeMb: heapMb },
          }),
        onFree: next,
        onInterrupted: (calls) => waiting.prediction.unshift(...calls),
      }),
  );

  function next(): void {
    for (const thread of pool) {
      if (!thread.isFree) continue;
      const call = waiting.prediction.shift() ?? waiting.support.shift();
      if (!call) break;
      thread.run(call);
    }
  }

  function run<Result>(job: Job, { take, urgency = 'support', signal }: DecodeLimits): Promise<Result> {
    if (isClosing) return Promise.reject(new InnerloopError('unavailable', 'The service is shutting down'));
    return new Promise<Result>((resolve, reject) => {
      const queue = waiting[urgency];
      let taken: Promise<void> | undefined;
      const call: Call = {
        job,
        take: (amount) => (taken ??= Promise.resolve(take?.(amount))),
        resolve: (result) => settle(() => resolve(result as Result)),
        reject: (error) => settle(() => reject(error)),
      };
      const onAbort = () => {
        const at = queue.indexOf(call);
        if (at < 0) return;
        queue.splice(at, 1);
        call.reject(signal?.reason);
      };
      const settle = (answer: () => void) => {
        signal?.removeEventListener('abort', onAbort);
        running -= 1;
        answer();
        if (running === 0) onIdle();
      };
      running += 1;
      signal?.addEventListener('abort', onAbort, { once: true });
      queue.push(call);
      next();
    });
  }

  return {
    start() {
      if (!isClosing) pool[0]?.start();
    },
    async canonical(content, limits = {}) {
      const { kind, bytes } = content;
      if (!isRead(kind)) return { content, warnings: [] };
      const done = await run<CanonicalBytes>({ type: 'canonical', kind, bytes }, limits);
      return { content: { kind, bytes: done.bytes }, warnings: done.warnings } satisfies DecodedContent;
    },
    async prepare(content, encoder, limits = {}) {
      const { kind, bytes } = content;
      if (kind === 'tensor') return preparedTensor(content, encoder);
      if (!isRead(kind))
        throw new RangeError(`Expected text, image, audio or numbers to prepare, got ${kind}`);
      return run<Prepared>({ type: 'prepare', kind, bytes, encoder }, limits);
    },
    image: (bytes, preprocessing, limits = {}) =>
      run<Tensor>({ type: 'image', kind: 'image', bytes, preprocessing }, limits),
    thumbnail: (bytes, side, limits = {}) =>
      run<Uint8Array>({ type: 'thumbnail', kind: 'image', bytes, side }, limits),
    masked: (bytes, grid, limits = {}) =>
      run<MaskedPictures>({ type: 'masked', kind: 'image', bytes, grid }, limits),
    overlay: (contributions, grid, limits = {}) =>
      run<Uint8Array>({ type: 'overlay', kind: 'image', contributions, grid }, limits),
    columns: (rows, limits = {}) =>
      run<InferredColumns>({ type: 'columns', kind: 'row', bytes: joinRows(rows) }, limits),
    async [Symbol.asyncDispose]() {
      isClosing = true;
      await new Promise<void>((resolve) => {
        onIdle = resolve;
        if (running === 0) resolve();
      });
      await Promise.all(pool.map((thread) => thread.close()));
    },
  };
}

function isRead(kind: Content['kind']): kind is ReaderKind {
  return kind === 'text' || kind === 'image' || kind === 'audio';
}
