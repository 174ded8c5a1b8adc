import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { InnerloopError } from '../../errors.ts';
import { isSystemError, reasonOf } from '../../package/files.ts';
import type { FetchPinned, FetchPinnedOptions } from '../../ports/fetch-pinned.ts';
import { download } from './download.ts';
import { tooLarge, wrongDigest } from './download-errors.ts';
import { type OpenOptions, requireHttps } from './open-url.ts';
import { partialFile } from './partial-file.ts';

const SHA256 = /^[0-9a-f]{64}$/;

/** `fetch` and `stallMs` (how long a server may send nothing) are for tests. */
export function createFetchPinned({
  fetch = globalThis.fetch,
  stallMs = 30_000,
}: Partial<OpenOptions> = {}): FetchPinned {
  return async (source, options) => {
    const { sha256, to } = options;
    if (!SHA256.test(sha256)) {
      const message = `Expected a sha256 of 64 hexadecimal digits in lower case, got ${JSON.stringify(sha256)}`;
      throw new InnerloopError('invalid_request', message);
    }
    const from = placeOf(source);
    if ((await digestOf(to)) === sha256) return;
    const partial = partialFile(`${to}.part`);
    for (;;) {
      const isContinued =
        from instanceof URL
          ? await download(from, partial, options, { fetch, stallMs })
          : await copy(from, partial.path, options);
      const got = (await digestOf(partial.path)) ?? 'no file';
      if (got === sha256) break;
      await partial.remove();
      // The part of an earlier call may have been damaged: once more, from the first byte.
      if (!isContinued) throw wrongDigest(source, sha256, got);
    }
    await rename(partial.path, to);
    await partial.remove();
  };
}

/** An https: address, or the path of a file. */
function placeOf(source: string): URL | string {
  // A drive letter of Windows is not a scheme.
  if (!/^[a-z][a-z\d+.-]+:/i.test(source)) return source;
  const url = URL.canParse(source) ? new URL(source) : null;
  // Files of other hosts are refused below.
  if (url?.protocol === 'file:' && url.host === '') return fileURLToPath(url);
  return requireHttps(url, source, 'invalid_request');
}

async function copy(path: string, to: string, { maxBytes, onProgress }: FetchPinnedOptions): Promise<false> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) {
    throw new InnerloopError('unavailable', `Expected a file at ${path}, got ${found ? 'none' : 'nothing'}`);
  }
  if (found.size > maxBytes) throw tooLarge(path, maxBytes, found.size);
  // `end` is inclusive: reads at most one byte more than the file had. If it has grown, the digest then differs.
  const source = createReadStream(path, { end: found.size });
  await pipeline(source, createWriteStream(to)).catch((cause: unknown) => {
    throw new InnerloopError('unavailable', `Cannot copy ${path} to ${to}: ${reasonOf(cause)}`, { cause });
  });
  onProgress?.(found.size, found.size);
  return false;
}

/** In hexadecimal digits; null when there is no such file. */
async function digestOf(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}
