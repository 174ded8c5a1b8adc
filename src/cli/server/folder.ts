import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemFile } from '../../files/system-files.ts';

export interface FoundFile {
  /** Its path below the folder, with slashes. */
  readonly name: string;
  readonly path: string;
  readonly length: number;
}

/** The files below a folder, in order of their names. Files of the operating system are left out; links are followed. */
export async function filesBelow(folder: string, above = ''): Promise<readonly FoundFile[]> {
  const names = (await readdir(folder)).filter((name) => !isSystemFile(name)).sort();
  const found: FoundFile[] = [];
  for (const each of names) {
    const [path, name] = [join(folder, each), `${above}${each}`];
    const entry = await stat(path);
    if (entry.isDirectory()) found.push(...(await filesBelow(path, `${name}/`)));
    else if (entry.isFile()) found.push({ name, path, length: entry.size });
  }
  return found;
}
