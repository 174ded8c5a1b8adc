import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isSystemError, reasonOf, replaceFile } from '../../src/package/files.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('replacing a file', () => {
  it('makes the folder, replaces the content, and leaves no other file', async () => {
    const folder = join(await scratchFolder(), 'a', 'b');
    const path = join(folder, 'file');
    await replaceFile(path, 'old');
    await replaceFile(path, [Buffer.from('n'), Buffer.from('ew')]);
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('names path and reason when it fails, and leaves everything as it was', async () => {
    const folder = await scratchFolder();
    await mkdir(join(folder, 'taken'));
    await writeFile(join(folder, 'plain'), 'old');
    for (const [path, reason] of [
      [join(folder, 'taken'), 'illegal operation on a directory'],
      [join(folder, 'plain', 'below'), 'file already exists'],
    ] as const) {
      await expect(replaceFile(path, 'new')).rejects.toMatchObject({
        code: 'invalid_config',
        message: `Cannot write ${path}: ${reason}`,
      });
    }
    expect((await readdir(folder)).sort()).toEqual(['plain', 'taken']);
    expect(await readFile(join(folder, 'plain'), 'utf8')).toBe('old');
  });
});

describe('the reason of an error', () => {
  it('is a text for an error of the operating system, otherwise the message', async () => {
    const missing = await readFile('/nowhere/file').catch((error: unknown) => error);
    expect([isSystemError(missing), reasonOf(missing)]).toEqual([true, 'no such file or directory']);
    expect([isSystemError(new Error('x')), reasonOf(new Error('x')), reasonOf('y')]).toEqual([
      false,
      'x',
      'y',
    ]);
  });
});
