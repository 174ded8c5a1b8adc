import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedis } from '../support/redis/redis.ts';
import { scratchFolder } from '../support/scratch.ts';
import { argumentsOf } from '../support/servers/server-process.ts';
import { innerloop } from './innerloop.ts';

const TOKEN = /^il_([0-9a-f]{12})_[A-Za-z0-9_-]{43}\n$/;

/** Runs a command in the environment of a service. The clock is at the start of 1970. */
const on =
  (environment: Readonly<Record<string, string>>) =>
  (...args: string[]) =>
    innerloop(args, undefined, environment);

async function overRedis() {
  const redis = await startRedis();
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return { redis, environment: { REDIS_URL: redis.url, DATA_DIR: '/nowhere' } };
}

describe.each([
  ['a folder', async () => ({ DATA_DIR: `${await scratchFolder()}/not/yet/there` })],
  ['Redis', async () => (await overRedis()).environment],
])('innerloop keys, in %s', (_place, environment) => {
  it('makes a key, lists it without its secret, and revokes it for good', async () => {
    const keys = on(await environment());
    const made = await keys(
      'keys',
      'create',
      'acme',
      '--name',
      'ci',
      '--expires',
      '90d',
      '--scopes',
      'predict,feedback',
    );
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(TOKEN) });
    const [, id = ''] = TOKEN.exec(made.stdout) ?? [];
    expect(made.stderr).toContain(`Key ${id} of acme`);
    expect(made.stderr).toContain('expires 1970-04-01 00:00 UTC');
    expect(made.stderr).toContain('It is the first key: from now on every call needs one.');
    expect(made.stderr).not.toContain(made.stdout.trim().slice(-43));

    const listed = await keys('keys', 'list');
    expect(listed.stdout).toMatch(
      new RegExp(
        `^id .* expires \\(UTC\\) .*\n${id} +acme +"ci" +predict,feedback +1970-01-01 00:00 +- +1970-04-01 00:00 +-\n$`,
      ),
    );
    expect(listed.stdout).not.toContain(made.stdout.trim().slice(-43));

    // The whole key does, too.
    for (const given of [id, made.stdout.trim()]) {
      const revoked = await keys('keys', 'revoke', given);
      expect(revoked).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining(`Key ${id} of`) });
      expect(revoked.stderr).not.toContain(made.stdout.trim().slice(-43));
    }
    expect((await keys('keys', 'list', 'acme')).stdout).toMatch(/1970-04-01 00:00 +1970-01-01 00:00\n$/);
    expect((await keys('keys', 'create', 'acme')).stderr).not.toContain('first key');
  });

  it('confirms in UTC when a key expires', async () => {
    const keys = on(await environment());
    const { stderr } = await keys('keys', 'create', 'acme', '--expires', '2027-01-31T09:00:00+08:00');
    expect(stderr).toContain('expires 2027-01-31 01:00 UTC');
  });

  it('lists only the keys of one tenant', async () => {
    const keys = on(await environment());
    expect(await keys('keys', 'list')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/^No keys in /),
    });
    for (const tenant of ['acme', 'other']) await keys('keys', 'create', tenant);
    const { stdout } = await keys('keys', 'list', 'other');
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(stdout).not.toContain('acme');
    expect(await keys('keys', 'list', 'third')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/^No keys of tenant third in /),
    });
  });

  it('refuses bad tenants, past dates and unknown keys, and stores nothing', async () => {
    const keys = on(await environment());
    for (const args of [
      ['create', 'a/b'],
      ['create', 'acme', '--expires', '1969-12-31'],
      ['create', 'acme', '--expires', '0d'],
      ['create', 'acme', '--scopes', 'predict,all'],
    ])
      expect(await keys('keys', ...args)).toMatchObject({ code: 2, stdout: '' });
    expect(await keys('keys', 'revoke', 'nope')).toMatchObject({
      code: 1,
      stderr: 'innerloop: Expected the id of a key, got "nope"\n',
    });
    expect((await keys('keys', 'list')).stdout).toBe('');
  });
});

describe('innerloop keys', () => {
  it('says in one line that Redis cannot be reached', { timeout: 20_000 }, async () => {
    const { redis, environment } = await overRedis();
    await redis.kill();
    const { code, stdout, stderr } = await on(environment)('keys', 'create', 'acme');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^innerloop: .*cannot be reached.*\n$/);
  });

  it('prints only the key on standard output, so that $(…) works', async () => {
    const run = promisify(execFile);
    const args = [...argumentsOf('src/main/cli.ts'), 'keys', 'create', 'acme'];
    const { stdout } = await run(process.execPath, args, {
      env: { ...process.env, REDIS_URL: '', DATA_DIR: await scratchFolder() },
    });
    expect(stdout).toMatch(TOKEN);
  });
});
