import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getSystemErrorName } from 'node:util';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const SAMPLE_BYTES = 64 * 1024;

/** An error of the file system, with the name of its code: `ENOSPC`. */
export interface DiskError extends Error {
  readonly code: string;
}

/**
 * The error of the file system that made LMDB fail in the folder `path`. LMDB reports a write that was cut short as EIO,
 * also when the disk is full: then the error is that of writing a small file beside it.
 */
export function diskErrorOf(error: unknown, path: string): DiskError {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const name = typeof code === 'number' && code > 0 ? getSystemErrorName(-code) : String(code ?? 'EIO');
  const sampled = FULL.has(name) ? null : errorOfSample(path);
  const words = String(message).startsWith(name) ? String(message) : `${name}: ${message}`;
  return sampled ?? Object.assign(new Error(words, { cause: error }), { code: name });
}

/** Why a file of a few pages cannot be written in the folder `path`, or null. It is removed again. */
export function errorOfSample(path: string): DiskError | null {
  const file = join(path, `sample-${process.pid}`);
  try {
    writeFileSync(file, Buffer.alloc(SAMPLE_BYTES));
    return null;
  } catch (error) {
    return error as DiskError;
  } finally {
    removeIfThere(file);
  }
}

export function isDiskFull({ code }: DiskError): boolean {
  return FULL.has(code);
}

/** Bytes that the file system of `path` has left for this process. */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** Removes a file. A place where none can be has none to remove. */
export function removeIfThere(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // ENOTDIR, EROFS: the error that matters is the one of the write before.
  }
}
