import { rm } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { bundledFolder } from '../support/files/models-folder.ts';
import { scratchFolder } from '../support/scratch.ts';
import { post, startServerProcess } from '../support/servers/server-process.ts';
import { innerloop } from './innerloop.ts';

const points = {
  model: 'rows',
  support: ['a', 'b'].flatMap((label, i) => [0, 1].map((x) => ({ label, input: [i * 10 + x, x] }))),
};

it('innerloop tenants delete needs --yes and a name, and deletes nothing else', async () => {
  const environment = { DATA_DIR: await scratchFolder() };
  const on = (...args: string[]) => innerloop(args, undefined, environment);
  for (const tenant of ['acme', 'bert']) await on('keys', 'create', tenant);
  const unconfirmed = await on('tenants', 'delete', 'acme');
  expect(unconfirmed).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  for (const args of [
    ['a/b', '--yes'],
    ['acme', '--yes', '--keys'],
    ['acme', 'bert', '--yes'],
  ])
    expect(await on('tenants', 'delete', ...args)).toMatchObject({ code: 2 });
  expect((await on('keys', 'list')).stdout.trim().split('\n')).toHaveLength(3);

  expect(await on('tenants', 'delete', 'bert', '--yes', '--keep-keys')).toMatchObject({ code: 0 });
  expect((await on('keys', 'list')).stdout).toContain('bert');
  const done = await on('tenants', 'delete', 'acme', '--yes');
  expect(done).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringMatching(/acme, in .* are deleted\n$/),
  });
  const { stdout } = await on('keys', 'list');
  expect(stdout).not.toContain('acme');
  expect(stdout).toContain('bert');
});

it('lets the server that uses the folder delete the tenant', { timeout: 60_000 }, async () => {
  const models = await bundledFolder(['rows']);
  onTestFinished(() => rm(models, { recursive: true }));
  const environment = { DATA_DIR: await scratchFolder(), MODELS_DIR: models, LOG_LEVEL: 'info' };
  const server = await startServerProcess(environment);
  onTestFinished(async () => void (await server.stop('SIGTERM')));
  const url = `${server.address}/tasks/runes`;
  const adapted = await post(`${url}/adapt`, points, { prefer: 'wait=20' });
  expect([adapted.status, (await fetch(url)).status]).toEqual([200, 200]);
  const done = await innerloop(['tenants', 'delete', 'default', '--yes'], undefined, environment);
  expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('are deleted') });
  await expect.poll(async () => (await fetch(url)).status, { timeout: 5000 }).toBe(404);
});
