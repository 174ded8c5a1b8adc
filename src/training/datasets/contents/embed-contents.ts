import { createHash } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Content, contentDigestOf } from '../../../domain/content.ts';
import { InnerloopError } from '../../../errors.ts';
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

/** Examples that are prepared and embedded at the same time. */
const BATCH = 32;

/**
 * Rows [n, width] of the contents, in their order. They are kept in the cache folder under a name that covers the reader and
 * all contents. A run that was stopped continues where it stopped.
 * @throws InnerloopError that names the example that cannot be decoded
 */
export async function embedContents(
  contents: readonly LabelledContent[],
  reader: RowReader,
  { cacheDirectory, onProgress, signal }: EmbeddingOptions,
): Promise<Float32Array> {
  const { identity, width } = reader;
  const path = join(cacheDirectory, `features-${await identityOf(contents, identity)}.bin`);
  const all = new Float32Array(contents.length * width);
  const bytes = new Uint8Array(all.buffer);
  if (await readInto(path, bytes)) return all;
  await mkdir(cacheDirectory, { recursive: true });
  const unfinished = `${path}.part`;
  await using file = await open(unfinished, 'a+');
  const rowBytes = width * all.BYTES_PER_ELEMENT;
  let done = Math.floor((await file.stat()).size / rowBytes);
  await file.truncate(done * rowBytes);
  await file.read(bytes, 0, done * rowBytes, 0);
  while (done < contents.length) {
    signal?.throwIfAborted();
    const batch = contents.slice(done, done + BATCH);
    const rows = await Promise.all(batch.map((each) => featuresOf(each, reader)));
    for (const [i, row] of rows.entries()) all.set(row, (done + i) * width);
    await file.write(bytes, done * rowBytes, batch.length * rowBytes);
    done += batch.length;
    onProgress?.(done, contents.length);
  }
  await rename(unfinished, path);
  return all;
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

async function readInto(path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await using file = await open(path);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytesRead === bytes.length;
  } catch {
    return false;
  }
}
