import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes the folder, and those above it, if they do not exist. Node's `mkdir` with `recursive` never returns if the parent
 * exists but no folder can be made in it, as in `/proc`.
 *
 * @throws the error of the file system
 */
export async function makeFolder(path: string): Promise<void> {
  const parent = dirname(resolve(path));
  try {
    await makeOne(path);
  } catch (error) {
    const isRoot = parent === resolve(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || isRoot) throw error;
    await makeFolder(parent);
    await makeOne(path);
  }
}

/** The parent must exist. */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    // Another process may have made it.
    if (!exists || !(await stat(path)).isDirectory()) throw error;
  }
}
