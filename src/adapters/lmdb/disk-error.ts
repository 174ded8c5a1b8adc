import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getSystemErrorName } from 'node:util';
import { InnerloopError } from '../../errors.ts';
import { storeFull } from '../store-full.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const SAMPLE_BYTES = 64 * 1024;

/** An error of the file system, with the name of its code: `ENOSPC`. */
export interface DiskError extends Error {
  readonly code: string;
}

/**
 * The error of the file system that made LMDB fail in the folder `path`. LMDB reports an incomplete write as EIO even when
 * the disk is full. So this writes a small file in the same folder, and if that fails, answers its error.
 */
export function diskErrorOf(error: unknown, path: string): DiskError {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const name = typeof code === 'number' && code > 0 ? getSystemErrorName(-code) : String(code ?? 'EIO');
  const sampled = FULL.has(name) ? null : errorOfSample(path);
  const words = String(message).startsWith(name) ? String(message) : `${name}: ${message}`;
  return sampled ?? Object.assign(new Error(words, { cause: error }), { code: name });
}

/** The error of writing a file of a few pages in the folder `path`, or null. Removes the file again. */
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

/** The answer to a write that failed by this error. */
export function writeRefusalOf(cause: DiskError): InnerloopError {
  if (isDiskFull(cause)) return storeFull(cause);
  const message = 'The store cannot be written to: try again later';
  return new InnerloopError('unavailable', message, { retryAfterSeconds: 1, cause });
}

/** Free bytes of the file system of `path` that this process may use. */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** Removes a file if it exists. Ignores errors. */
export function removeIfThere(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Such as ENOTDIR or EROFS. Only the error of the write before this is reported.
  }
}
