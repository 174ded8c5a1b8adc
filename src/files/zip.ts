import type { Readable } from 'node:stream';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { refusal, tooLarge } from './refusal.ts';
import { isSystemFile } from './system-files.ts';

/** A file in a zip archive, unpacked on request. */
export interface ZippedFile {
  /** Its path in the archive. */
  readonly name: string;
  /** @throws InnerloopError `invalid_input` that names the file, if its bytes are damaged or are an archive. */
  read(): Promise<Uint8Array>;
}

export interface ZipLimits {
  readonly entries: number;
  /** Bytes of all files after unpacking. */
  readonly totalBytes: number;
  /** How much larger the files may be than the archive. */
  readonly ratio: number;
}

export const defaultZipLimits: ZipLimits = Object.freeze({
  entries: 10_000,
  totalBytes: 256 * 1024 * 1024,
  ratio: 100,
});

/**
 * The files of a zip archive, in the archive's order. Folders and files of the operating system (`.DS_Store`, `Thumbs.db`) are
 * left out. The archive stays in memory as long as the files are in use; nothing is written to disk.
 *
 * @throws InnerloopError `invalid_input` if it is not an archive or has encrypted files, links, or paths that lead out of
 *   it; `payload_too_large`
 */
export async function filesOfZip(
  bytes: Uint8Array,
  limits: Partial<ZipLimits> = {},
): Promise<readonly ZippedFile[]> {
  const { entries, totalBytes, ratio } = { ...defaultZipLimits, ...limits };
  const files = new Map<string, ZippedFile>();
  let unpacked = 0;
  const archive = await opened(bytes);
  if (archive.entryCount > entries)
    throw tooLarge(`${entries} files in the archive`, `${archive.entryCount}`);
  for await (const entry of entriesOf(archive)) {
    const { fileName: name } = entry;
    if (name.endsWith('/') || isSystemFile(name)) continue;
    requirePlain(entry);
    if (files.has(name)) throw refusal('each file once', `${JSON.stringify(name)} twice`, 'in the archive');
    unpacked += entry.uncompressedSize;
    // The archive states these sizes, and unpacking stops at them.
    if (unpacked > totalBytes) throw tooLarge(`${totalBytes} bytes in the archive`, 'more');
    if (unpacked > ratio * bytes.length)
      throw tooLarge(`${ratio} times the size of the archive after unpacking`, 'more');
    files.set(name, { name, read: () => unpack(archive, entry) });
  }
  return [...files.values()];
}

async function opened(bytes: Uint8Array): Promise<ZipFile> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return await fromBufferPromise(buffer, { lazyEntries: true, validateEntrySizes: true });
  } catch (cause) {
    throw damaged(cause);
  }
}

/** The library refuses paths that are absolute, lead out of the archive, or contain backslashes. */
async function* entriesOf(archive: ZipFile): AsyncGenerator<Entry> {
  try {
    yield* archive.eachEntry();
  } catch (cause) {
    throw damaged(cause);
  }
}

const FILE_TYPE = 0o170_000;
const LINK = 0o120_000;

function requirePlain(entry: Entry): void {
  const where = `at ${JSON.stringify(entry.fileName)} in the archive`;
  if (entry.isEncrypted()) throw refusal('files without a password', 'an encrypted one', where);
  if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === LINK) throw refusal('a file', 'a link', where);
}

async function unpack(archive: ZipFile, entry: Entry): Promise<Uint8Array> {
  const where = `at ${JSON.stringify(entry.fileName)} in the archive`;
  let bytes: Uint8Array;
  try {
    bytes = await readAll(await archive.openReadStreamPromise(entry));
  } catch (cause) {
    throw refusal('a file that can be unpacked', reasonOf(cause), where, cause);
  }
  if (isZip(bytes)) throw refusal('files that are not archives', 'an archive within the archive', where);
  return bytes;
}

const isZip = (bytes: Uint8Array) =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

async function readAll(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const reasonOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
const damaged = (cause: unknown) => refusal('a zip archive', reasonOf(cause), '', cause);
