import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Content, contentDigestOf } from '../../../domain/content.ts';
import { InnerloopError } from '../../../errors.ts';
import { makeFolder } from '../../../make-folder.ts';
import { reasonOf } from '../../../package/files.ts';
import type { Tensor } from '../../../tensor.ts';
import type { LabelledContent } from './read-contents.ts';

export interface EmbeddingOptions {
  readonly cacheDirectory: string;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Turns contents into rows of numbers. */
export interface RowReader {
  /** Changes when the rows of a content change. */
  readonly identity: string;
  /** Numbers of a row. */
  readonly width: number;
  embed(content: Content): Promise<Tensor>;
}

/** Rows of numbers, one for each content. */
export interface Rows {
  readonly width: number;
  /** Copies row `index` into `into` [width]. */
  write(index: number, into: Float32Array): void;
}

/** Examples that are prepared and embedded at the same time. */
const BATCH = 32;
/** Rows are held in memory up to this size; above it, each is read from the file when it is needed. */
const MAX_BYTES_IN_MEMORY = 2 ** 28;

/**
 * Rows of the contents, in their order. They are kept in the cache folder under a name that covers the reader and
 * all contents. A run that was stopped continues where it stopped.
 * @throws InnerloopError that names the example that cannot be decoded
 */
export async function embedContents(
  contents: readonly LabelledContent[],
  reader: RowReader,
  { cacheDirectory, onProgress, signal }: EmbeddingOptions,
): Promise<Rows> {
  const { identity, width } = reader;
  const path = join(cacheDirectory, `features-${await identityOf(contents, identity)}.bin`);
  const rowBytes = width * Float32Array.BYTES_PER_ELEMENT;
  if (await hasSize(path, contents.length * rowBytes)) return openRows(path, width);
  await makeFolder(cacheDirectory);
  const unfinished = `${path}.part`;
  {
    await using file = await open(unfinished, 'a');
    let done = Math.floor((await file.stat()).size / rowBytes);
    await file.truncate(done * rowBytes);
    while (done < contents.length) {
      signal?.throwIfAborted();
      const batch = contents.slice(done, done + BATCH);
      const rows = await Promise.all(batch.map((each) => featuresOf(each, reader)));
      await file.writev(
        rows.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
      );
      done += batch.length;
      onProgress?.(done, contents.length);
    }
  }
  await rename(unfinished, path);
  return openRows(path, width);
}

/** The rows of a file. It is opened for each row, so that no handle stays open. */
export async function openRows(
  path: string,
  width: number,
  maxBytesInMemory = MAX_BYTES_IN_MEMORY,
): Promise<Rows> {
  const rowBytes = width * Float32Array.BYTES_PER_ELEMENT;
  const { size } = await stat(path);
  if (size <= maxBytesInMemory) {
    const { buffer, byteOffset } = await readFile(path);
    const all = new Float32Array(buffer.slice(byteOffset, byteOffset + size));
    return { width, write: (index, into) => into.set(all.subarray(index * width, (index + 1) * width)) };
  }
  return {
    width,
    write(index, into) {
      const file = openSync(path, 'r');
      try {
        const bytes = new Uint8Array(into.buffer, into.byteOffset, rowBytes);
        const read = readSync(file, bytes, 0, rowBytes, index * rowBytes);
        if (read !== rowBytes)
          throw new Error(`Expected ${rowBytes} bytes of row ${index} in ${path}, got ${read}`);
      } finally {
        closeSync(file);
      }
    },
  };
}

async function featuresOf(content: LabelledContent, reader: RowReader): Promise<Float32Array> {
  try {
    return (await reader.embed(await content.read())).data;
  } catch (cause) {
    const message = `Cannot embed ${content.place}: ${reasonOf(cause)}`;
    throw new InnerloopError('invalid_recipe', message, { pointer: '/dataset/paths', cause });
  }
}

async function identityOf(contents: readonly LabelledContent[], reader: string): Promise<string> {
  const hash = createHash('sha256').update(reader);
  for (const each of contents) hash.update(contentDigestOf(await each.read()));
  return hash.digest('hex').slice(0, 32);
}

async function hasSize(path: string, bytes: number): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.size === bytes;
}
