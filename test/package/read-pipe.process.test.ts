import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { readPackage } from '../../src/package/read.ts';
import { writePackage } from '../../src/package/write.ts';
import { tinyPackages } from '../support/packages.ts';
import { scratchFolder } from '../support/scratch.ts';

it.each(['model.json', 'init.onnx'])(
  'refuses a pipe in place of %s, to which nothing writes',
  async (name) => {
    const folder = await scratchFolder();
    await writePackage(folder, tinyPackages.gradients());
    await rm(join(folder, name));
    await promisify(execFile)('mkfifo', [join(folder, name)]);
    await expect(readPackage(folder)).rejects.toThrow(`${name}: expected a file, got something else`);
  },
);
