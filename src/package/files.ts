import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { InnerloopError } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';

/**
 * Writes a file beside `path` and renames it to `path`, so that a reader sees either the complete old content or the
 * complete new content. A failed write does not change `path`. Creates the folder if it is missing.
 * @throws InnerloopError `invalid_config` that names `path` and the reason, such as a full disk.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array | readonly Uint8Array[],
): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    await makeFolder(dirname(path));
    await writeFile(unfinished, content);
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw new InnerloopError('invalid_config', `Cannot write ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/** The operating system's text for a failed call, such as `permission denied`; for other errors their message. */
export function reasonOf(error: unknown): string {
  if (!isSystemError(error)) return error instanceof Error ? error.message : String(error);
  return getSystemErrorMap().get(error.errno)?.[1] ?? error.code;
}

export type SystemError = Error & {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path?: string;
};

/** Whether the error comes from the operating system, such as for a missing file or a full disk. */
export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'errno' in error && 'syscall' in error && 'code' in error;
}
