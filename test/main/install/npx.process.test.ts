import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { scratchFolder } from '../../support/scratch.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

it('npx innerloop works as the first command in a checkout, before any build', {
  timeout: 120_000,
}, async () => {
  const checkout = join(await scratchFolder(), 'checkout');
  await mkdir(checkout);
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json', 'src'])
    await cp(join(root, name), join(checkout, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
  // A cache of its own: npx remembers its links.
  const environment = { PATH: process.env.PATH, HOME: await scratchFolder() };
  const { stdout } = await run('npx', ['--offline', 'innerloop', '--version'], {
    cwd: checkout,
    env: environment,
  });
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  expect(stdout).toBe(`${version}\n`);
});
