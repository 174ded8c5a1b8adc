import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { fromBufferPromise } from 'yauzl';

/** A file in a zip archive, unpacked when asked for. */
export interface ZippedFile {
  readonly name: string;
  read(): Promise<Uint8Array>;
}

/** The files of a zip archive in its own order, folders left out. The archive is held in memory meanwhile. */
export async function filesOfZip(path: string): Promise<readonly ZippedFile[]> {
  const archive = await fromBufferPromise(await readFile(path), { lazyEntries: true });
  const files: ZippedFile[] = [];
  for await (const entry of archive.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue;
    files.push({
      name: entry.fileName,
      read: async () => gather(await archive.openReadStreamPromise(entry)),
    });
  }
  return files;
}

async function gather(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
