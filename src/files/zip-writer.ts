import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { ZipFile } from 'yazl';

export interface FileToZip {
  /** Its path in the archive. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly modifiedAt: Date;
}

/**
 * A zip archive of the files, in their order. It is written as they arrive, at the speed at which it is read. The files are
 * not compressed: pictures and sounds are already.
 */
export function zipOf(files: AsyncIterable<FileToZip>): Readable {
  const archive = new ZipFile();
  const output = archive.outputStream as Readable & Writable;
  archive.on('error', (error: Error) => output.destroy(error));
  void addAll().catch((error: Error) => output.destroy(error));
  return output;

  async function addAll(): Promise<void> {
    for await (const { name, bytes, modifiedAt } of files) {
      const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      archive.addBuffer(data, name, { compress: false, mtime: modifiedAt });
      if (output.writableNeedDrain) await Promise.race([once(output, 'drain'), once(output, 'close')]);
      // The reader has gone.
      if (output.destroyed) return;
    }
    archive.end();
  }
}
