import { readFile, rm, stat, writeFile } from 'node:fs/promises';

/** A file that has not arrived completely, and what the server said about it, so that a later call can continue. */
export interface PartialFile {
  readonly path: string;
  /** The part of the content at `url` that has arrived. Null: no part that can be continued. */
  found(url: URL): Promise<{ readonly bytes: number; readonly validator: string } | null>;
  /** Stores the validator, which shows whether the content at `url` is still the same. Null: there is none. */
  begin(url: URL, validator: string | null): Promise<void>;
  remove(): Promise<void>;
}

export function partialFile(path: string): PartialFile {
  const notes = `${path}.json`;
  return {
    path,
    async found(url) {
      try {
        const [{ size }, noted] = await Promise.all([stat(path), readFile(notes, 'utf8')]);
        const { url: from, validator } = JSON.parse(noted);
        const isSame = from === url.href && typeof validator === 'string' && size > 0;
        return isSame ? { bytes: size, validator } : null;
      } catch {
        return null;
      }
    },
    begin: (url, validator) => writeFile(notes, JSON.stringify({ url: url.href, validator })),
    async remove() {
      await Promise.all([rm(path, { force: true }), rm(notes, { force: true })]);
    },
  };
}

/** The value of `If-Range`: a strong ETag, else the time of the last change. */
export function validatorOf(headers: Headers): string | null {
  const etag = headers.get('etag');
  return etag?.startsWith('"') ? etag : headers.get('last-modified');
}
