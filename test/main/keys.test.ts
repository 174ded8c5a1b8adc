import { rm } from 'node:fs/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { firstContact } from '../../src/main/server/welcome.ts';
import type { Manifest } from '../../src/package/manifest.ts';
import { innerloop } from '../cli/innerloop.ts';
import { points } from '../http/support/bodies.ts';
import { modelsFolder } from '../support/models-folder.ts';
import { scratchFolder } from '../support/scratch.ts';
import { post, startServerProcess } from './server-process.ts';

async function environment(change: Record<string, string> = {}) {
  const models = await modelsFolder();
  onTestFinished(() => rm(models, { recursive: true }));
  return { MODELS_DIR: models, DATA_DIR: await scratchFolder(), LOG_LEVEL: 'trace', ...change };
}

const statusOf = async (url: string, token?: string) => {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await fetch(url, { headers })).status;
};

describe('a server that others reach', () => {
  it('shows its first key once, to people alone, and lets nobody in without', {
    timeout: 60_000,
  }, async () => {
    const settings = await environment({ HOST: '0.0.0.0' });
    const server = await startServerProcess(settings);
    const { address } = server;
    const token = await vi.waitFor(() => {
      const [shown] = /il_[0-9a-f]{12}_[\w-]{43}/.exec(server.said()) ?? [];
      if (shown === undefined) throw new Error('Expected a key, got none');
      return shown;
    });
    expect(await statusOf(`${address}/tasks`)).toBe(401);
    expect(await statusOf(`${address}/tasks`, token)).toBe(200);
    const bearer = { authorization: `Bearer ${token}` };
    const adapted = await post(`${address}/tasks/signs/adapt`, points, { prefer: 'wait=20', ...bearer });
    expect(await adapted.json()).toMatchObject({ status: 'succeeded' });
    expect(await server.stop('SIGTERM')).toBe(0);
    expect(server.lines.length).toBeGreaterThan(3);
    expect(server.lines.join('\n')).not.toContain(token.slice(-43));

    // It has a key now, and makes no other.
    const next = await startServerProcess(settings);
    await vi.waitFor(() => expect(next.said()).toContain('Documentation'));
    expect(next.said()).not.toContain('il_');
    expect(await statusOf(`${next.address}/tasks`, token)).toBe(200);
    expect(await next.stop('SIGTERM')).toBe(0);
  });
});

describe('what a person is shown at first', () => {
  const models = ['omniglot-protonets', 'sinusoid-maml'].map((name) => ({ name }) as Manifest);
  const calls = (text: string) => text.split('\n').filter((line) => line.includes('curl '));

  it.each(models)('calls $name with the key that is needed', (model) => {
    const withKey = calls(firstContact('http://127.0.0.1:3000', [model], 'il_the-key'));
    expect(withKey).toHaveLength(2);
    for (const call of withKey) expect(call).toContain("-H 'Authorization: Bearer il_the-key' ");
    const without = calls(firstContact('http://127.0.0.1:3000', [model], null));
    expect(without).toEqual(
      withKey.map((call) => call.replace(" -H 'Authorization: Bearer il_the-key'", '')),
    );
  });
});

describe('a server on loopback', () => {
  it('asks for keys from the first one on that is made beside it, for good', {
    timeout: 60_000,
  }, async () => {
    const settings = await environment();
    const server = await startServerProcess(settings);
    const tasks = `${server.address}/tasks`;
    expect(await statusOf(tasks)).toBe(200);
    expect(server.said()).not.toContain('il_');

    const made = await innerloop(['keys', 'create', 'acme'], undefined, settings);
    const token = made.stdout.trim();
    await vi.waitFor(async () => expect(await statusOf(tasks)).toBe(401), { timeout: 2000 });
    expect(await statusOf(tasks, token)).toBe(200);

    const [, id = ''] = token.split('_');
    expect(await innerloop(['keys', 'revoke', id], undefined, settings)).toMatchObject({ code: 0 });
    await vi.waitFor(async () => expect(await statusOf(tasks, token)).toBe(401), { timeout: 2000 });
    expect(await statusOf(tasks)).toBe(401);
    expect(await server.stop('SIGTERM')).toBe(0);

    const next = await startServerProcess(settings);
    expect(await statusOf(`${next.address}/tasks`)).toBe(401);
    expect(await next.stop('SIGTERM')).toBe(0);
  });
});
