import { columnsIn, joinRows } from '../../../src/adapters/decoding/columns.ts';
import type { DecodingPool } from '../../../src/adapters/decoding/content-decoder.ts';
import type { ContentReader } from '../../../src/adapters/decoding/content-reader.ts';
import type { DecodingSettings, ReaderKind } from '../../../src/adapters/decoding/messages.ts';
import { errorOf, plainError } from '../../../src/adapters/decoding/messages.ts';
import { preparedTensor } from '../../../src/adapters/decoding/prepared-tensor.ts';
import { readersFor } from '../../../src/adapters/decoding/readers.ts';

/**
 * A reference implementation of `ContentDecoder`: it reads on the calling thread, with no limit of time or memory. It
 * starts no threads, so a test's service decodes at once.
 */
export function createMemoryDecoder(settings: DecodingSettings): DecodingPool {
  const readers = readersFor(settings);
  const [text, image, audio] = [once(readers.text), once(readers.image), once(readers.audio)];
  const readerOf = (kind: string): Promise<ContentReader> | undefined =>
    ({ text, image, audio })[kind as ReaderKind]?.();
  const takeAll = () => Promise.resolve();
  return {
    start: () => undefined,
    async canonical(content, { take = takeAll } = {}) {
      const reader = await readerOf(content.kind);
      if (!reader) return { content, warnings: [] };
      const { bytes, warnings } = await asThreads(reader.canonical(content.bytes, take));
      return { content: { kind: content.kind, bytes }, warnings };
    },
    async prepare(content, encoder, { take = takeAll } = {}) {
      const { kind, bytes } = content;
      if (kind === 'tensor') return preparedTensor(content, encoder);
      const reader = await readerOf(kind);
      if (!reader) throw new RangeError(`Expected text, image, audio or numbers to prepare, got ${kind}`);
      return asThreads(reader.prepare(bytes, encoder, take));
    },
    columns: (rows) => asThreads(Promise.resolve().then(() => columnsIn(joinRows(rows)))),
    thumbnail: async (picture, side, { take = takeAll } = {}) =>
      asThreads((await image()).thumbnail(picture, side, take)),
    image: async (file, preprocessing, { take = takeAll } = {}) =>
      asThreads((await image()).image(file, preprocessing, take)),
    masked: async (file, grid, { take = takeAll } = {}) =>
      asThreads((await image()).masked(file, grid, take)),
    overlay: async (contributions, grid) => asThreads((await image()).overlay(contributions, grid)),
    async [Symbol.asyncDispose]() {},
  };
}

/** The same errors as from a thread, which sends them as plain data. */
async function asThreads<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw errorOf(plainError(error));
  }
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
