import { open } from 'node:fs/promises';
import { InnerloopError } from '../../errors.ts';
import { isSystemError, reasonOf } from '../../package/files.ts';
import type { FetchPinnedOptions } from '../../ports/fetch-pinned.ts';
import { cannotDownload, networkReason, shown, tooLarge } from './download-errors.ts';
import { type OpenOptions, openUrl } from './open-url.ts';
import { type PartialFile, validatorOf } from './partial-file.ts';
import { type StallWatch, stallWatch } from './stall-watch.ts';

/** How often one call asks. It asks again after a connection has broken. */
const MAX_ATTEMPTS = 5;

/**
 * Writes the content at `url` to `partial`. Continues at its end if the server still has the same file. Answers whether the
 * result begins with a part of an earlier call.
 */
export async function download(
  url: URL,
  partial: PartialFile,
  options: FetchPinnedOptions,
  { fetch, stallMs }: OpenOptions,
): Promise<boolean> {
  let isContinued = (await partial.found(url)) !== null;
  const onBegin = () => {
    isContinued = false;
  };
  for (let attempt = 1; ; attempt++) {
    using watch = stallWatch(stallMs, options.signal);
    try {
      await receive(url, partial, options, { fetch, watch, onBegin });
      return isContinued;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (isSystemError(error)) {
        const message = `Cannot write ${partial.path}: ${reasonOf(error)}`;
        throw new InnerloopError('invalid_config', message, { cause: error });
      }
      if (error instanceof InnerloopError) {
        await partial.remove();
        throw error;
      }
      const kept = (await partial.found(url))?.bytes ?? 0;
      // Retry only if bytes have arrived, or if the stored part caused the error.
      if (attempt < MAX_ATTEMPTS && (watch.bytes > 0 || error instanceof WrongPart)) continue;
      const more = kept === 0 ? '' : `. ${kept} bytes are kept: the same command continues`;
      throw cannotDownload(url, `${networkReason(error)}${more}`, error);
    }
  }
}

/** The server answers with another part than the one that was asked for. */
class WrongPart extends Error {}

async function receive(
  url: URL,
  partial: PartialFile,
  { maxBytes, onProgress }: FetchPinnedOptions,
  {
    fetch,
    watch,
    onBegin,
  }: Pick<OpenOptions, 'fetch'> & { readonly watch: StallWatch; readonly onBegin: () => void },
): Promise<void> {
  const part = await partial.found(url);
  const headers: Record<string, string> = part
    ? { range: `bytes=${part.bytes}-`, 'if-range': part.validator }
    : {};
  const response = await openUrl(url, headers, { fetch, signal: watch.signal });
  watch.arrived(0);
  const { body } = response;
  try {
    const { start, total } = placeOf(response, part?.bytes ?? 0);
    if (total !== null && total > maxBytes) throw tooLarge(shown(url), maxBytes, total);
    if (start === 0) {
      onBegin();
      await partial.begin(url, validatorOf(response.headers));
    }
    await using file = await open(partial.path, start === 0 ? 'w' : 'a');
    let done = start;
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      watch.arrived(chunk.length);
      done += chunk.length;
      if (done > maxBytes) throw tooLarge(shown(url), maxBytes, done);
      await file.appendFile(chunk);
      onProgress?.(done, total);
    }
    if (total !== null && done < total) throw new Error(`it ended after ${done} of ${total} bytes`);
    await file.sync();
  } catch (error) {
    if (error instanceof WrongPart) await partial.remove();
    // Else the connection would stay open. A body that is being read has ended with its loop.
    if (body && !body.locked) await body.cancel().catch(() => undefined);
    throw error;
  }
}

/** Where the body of an answer begins in the file, and the length of the file if the server says it. */
function placeOf({ status, headers }: Response, asked: number) {
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw new Error(`expected it as it is stored, got ${encoding}`);
  if (status === 200) {
    const length = headers.get('content-length');
    return { start: 0, total: length === null ? null : Number(length) };
  }
  const [, from, size] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
  if (status === 416 || (status === 206 && (asked === 0 || Number(from) !== asked)))
    throw new WrongPart(`the server answers with another part than the bytes from ${asked}`);
  if (status !== 206) throw new Error(`the server answers with status ${status}`);
  return { start: asked, total: size === undefined || size === '*' ? null : Number(size) };
}
