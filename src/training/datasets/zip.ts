import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { InnerloopError } from '../../errors.ts';
import { reasonOf } from '../../package/files.ts';

/** A file in a zip archive, unpacked on request. */
export interface ZippedFile {
  readonly name: string;
  /** @throws InnerloopError `invalid_image` that names the archive and the reason, if its bytes are damaged. */
  read(): Promise<Uint8Array>;
}

/**
 * The files of a zip archive in the archive's order, without folders. The archive stays in memory as long as the files
 * are in use.
 * @throws InnerloopError `invalid_recipe` that names the archive and the reason: missing, unreadable, damaged, no archive.
 */
export async function filesOfZip(path: string): Promise<readonly ZippedFile[]> {
  const files: ZippedFile[] = [];
  try {
    const archive = await fromBufferPromise(await readFile(path), { lazyEntries: true });
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      files.push({ name: entry.fileName, read: () => unpack(archive, entry, path) });
    }
  } catch (cause) {
    throw invalid('invalid_recipe', `Expected a zip archive at ${path}`, cause);
  }
  return files;
}

async function unpack(archive: ZipFile, entry: Entry, path: string): Promise<Uint8Array> {
  try {
    return await readAll(await archive.openReadStreamPromise(entry));
  } catch (cause) {
    throw invalid('invalid_image', `cannot be unpacked from ${path}`, cause);
  }
}

async function readAll(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function invalid(code: 'invalid_recipe' | 'invalid_image', what: string, cause: unknown): InnerloopError {
  return new InnerloopError(code, `${what}: ${reasonOf(cause)}`, { pointer: '/dataset/path', cause });
}
