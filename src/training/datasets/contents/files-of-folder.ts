import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemFile } from '../../../files/system-files.ts';

/** The files below a folder, with their paths in it, without those of the operating system. Links are not followed. */
export async function filesOfFolder(folder: string) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, name: path.slice(join(folder, '/').length).replaceAll('\\', '/') }))
    .filter(({ name }) => !isSystemFile(name))
    .map(({ path, name }) => ({ name, read: (): Promise<Uint8Array> => readFile(path) }));
}
