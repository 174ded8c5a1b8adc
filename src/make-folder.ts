import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes the folder, and those above it, if they do not exist. Node's own `recursive` never ends where the parent exists and
 * still no folder can be made in it, as in `/proc`.
 *
 * @throws the error of the file system
 */
export async function makeFolder(path: string): Promise<void> {
  const parent = dirname(resolve(path));
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await isFolder(path))) return;
    if (code !== 'ENOENT' || (await isFolder(parent))) throw error;
    await makeFolder(parent);
    // Another process may have made it meanwhile.
    await makeFolder(path);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
