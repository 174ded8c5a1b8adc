import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

const MAGIC = 0xbeefc0de;
const FORMAT = 2;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
/** Byte offsets in a meta page, on 64-bit little-endian machines. The first two pages of the file are meta pages. */
const at = { magic: 24, format: 28, pageSize: 48, roots: [88, 136], end: 144 } as const;

/**
 * Describes the damage of the data file in the folder `path`; null when the file looks valid. Call this before LMDB opens
 * the file: LMDB maps it and follows its pointers, so another kind of file, or a truncated one, would end the
 * process by SIGSEGV or SIGBUS.
 *
 * @see `MDB_meta` and `mdb_env_read_header` in LMDB's mdb.c
 */
export function damageOf(path: string): string | null {
  const file = join(path, 'data.mdb');
  if (!existsSync(file)) return null;
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const read = (offset: number): Buffer => {
      const bytes = Buffer.alloc(at.end);
      readSync(handle, bytes, 0, at.end, offset);
      return bytes;
    };
    // An empty file was created but never written to.
    if (size === 0) return null;
    const first = read(0);
    const pageSize = first.readUInt32LE(at.pageSize);
    const metas = [first, read(isPageSize(pageSize) ? pageSize : 0)];
    if (!isPageSize(pageSize) || !metas.every(isMeta)) return 'it is not an LMDB data file';
    const pages = BigInt(Math.floor(size / pageSize));
    // LMDB writes the two in turn. After a power cut the newer one may be invalid, and LMDB uses the older one.
    if (metas.some((meta) => hasRoots(meta, pages))) return null;
    return `it is truncated at ${size} bytes`;
  } finally {
    closeSync(handle);
  }
}

function isPageSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= 65_536;
}

function isMeta(page: Buffer): boolean {
  return page.readUInt32LE(at.magic) === MAGIC && page.readUInt32LE(at.format) === FORMAT;
}

function hasRoots(meta: Buffer, pages: bigint): boolean {
  return at.roots.every((offset) => {
    const root = meta.readBigUInt64LE(offset);
    return root === NO_PAGE || root < pages;
  });
}
