import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { InnerloopError } from '../../errors.ts';
import type { Body } from './connection.ts';

export interface ArchivedFile {
  /** Its path in the archive, with slashes. */
  readonly name: string;
  readonly path: string;
  readonly length: number;
}

const LOCAL = 30;
const CENTRAL = 46;
const END = 22;
/** Names are UTF-8. */
const UTF8 = 0x0800;
const MAX_BYTES = 0xffff_ffff;
/** Larger archives need the 64-bit form. */
export const MAX_ARCHIVED = 0xffff;

/**
 * A zip archive of stored (not compressed) files: pictures and sounds are compressed already. Files are read while they
 * are sent, one at a time.
 *
 * @see PKWARE APPNOTE 6.3.10, §4.3
 */
export function archiveBody(files: readonly ArchivedFile[]): Body {
  const names = files.map(({ name }) => Buffer.from(name));
  const bytes = names.reduce((sum, { length }) => sum + LOCAL + CENTRAL + 2 * length, END);
  const length = files.reduce((sum, file) => sum + file.length, bytes);
  if (length > MAX_BYTES || files.length > MAX_ARCHIVED)
    throw new InnerloopError(
      'payload_too_large',
      `Expected at most ${MAX_ARCHIVED} files and 4 GB, got more`,
    );
  return {
    type: 'application/zip',
    length,
    async *chunks() {
      const directory: Buffer[] = [];
      let offset = 0;
      for (const [i, file] of files.entries()) {
        const name = names[i] ?? Buffer.alloc(0);
        const content = await readFile(file.path);
        if (content.length !== file.length) throw changed(file);
        // From "version needed" to "extra field length": the same in both headers.
        const common = Buffer.alloc(26);
        common.writeUInt16LE(20, 0);
        common.writeUInt16LE(UTF8, 2);
        common.writeUInt32LE(crc32(content), 10);
        common.writeUInt32LE(content.length, 14);
        common.writeUInt32LE(content.length, 18);
        common.writeUInt16LE(name.length, 22);
        const tail = Buffer.alloc(14);
        tail.writeUInt32LE(offset, 10);
        directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), common, tail, name]));
        yield Buffer.concat([Buffer.from('PK\x03\x04'), common, name]);
        yield content;
        offset += LOCAL + name.length + content.length;
      }
      const central = Buffer.concat(directory);
      const end = Buffer.alloc(END);
      end.write('PK\x05\x06', 'latin1');
      end.writeUInt16LE(files.length, 8);
      end.writeUInt16LE(files.length, 10);
      end.writeUInt32LE(central.length, 12);
      end.writeUInt32LE(offset, 16);
      yield Buffer.concat([central, end]);
    },
  };
}

const changed = ({ path }: ArchivedFile) =>
  new InnerloopError('invalid_input', `${path} changed while it was read: try again`);
