import { access, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../src/make-folder.ts';
import { scratchFolder } from './support/scratch.ts';

it('makes a folder and those above it, also when others make them at the same time', async () => {
  const path = join(await scratchFolder(), 'a/b/c');
  await Promise.all([makeFolder(path), makeFolder(join(path, 'd')), makeFolder(path)]);
  await access(join(path, 'd'));
});

it('takes a link to a folder', async () => {
  const folder = await scratchFolder();
  await symlink(folder, join(folder, 'link'));
  await makeFolder(join(folder, 'link'));
  await makeFolder(join(folder, 'link/a'));
  await access(join(folder, 'a'));
});

it('fails where a file is', async () => {
  const file = join(await scratchFolder(), 'file');
  await writeFile(file, '');
  await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(join(file, 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.runIf(process.platform === 'linux')('fails where the system takes no folders', async () => {
  await expect(makeFolder('/proc/innerloop/data')).rejects.toMatchObject({ code: 'ENOENT' });
});
