import { readFile } from 'node:fs/promises';
import { InnerloopError } from '../../errors.ts';
import { filesOfZip, type ZippedFile } from '../../files/zip.ts';
import { reasonOf } from '../../package/files.ts';

/** Archives of data sets are larger than those that a server accepts. */
const LIMITS = { entries: 1_000_000, totalBytes: 2 ** 34 };

/**
 * The files of a zip archive on disk.
 * @throws InnerloopError `invalid_recipe` that names the archive and the reason: missing, unreadable, damaged, no archive.
 *   Reading a damaged file throws `invalid_image`.
 */
export async function filesOfArchive(path: string): Promise<readonly ZippedFile[]> {
  const files = await filesOfZip(await bytesOf(path), LIMITS).catch((cause) => {
    throw invalid('invalid_recipe', `Expected a zip archive at ${path}`, cause);
  });
  return files.map(({ name, read }) => ({
    name,
    read: () =>
      read().catch((cause) => {
        throw invalid('invalid_image', `cannot be unpacked from ${path}`, cause);
      }),
  }));
}

async function bytesOf(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause) => {
    throw invalid('invalid_recipe', `Expected a zip archive at ${path}`, cause);
  });
}

function invalid(code: 'invalid_recipe' | 'invalid_image', what: string, cause: unknown): InnerloopError {
  return new InnerloopError(code, `${what}: ${reasonOf(cause)}`, { pointer: '/dataset/path', cause });
}
