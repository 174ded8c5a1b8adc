import { rm } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { innerloop } from '../cli/innerloop.ts';
import { points } from '../http/support/bodies.ts';
import { eventually } from '../support/eventually.ts';
import { modelsFolder } from '../support/files/models-folder.ts';
import { scratchFolder } from '../support/scratch.ts';
import { serve } from '../support/servers/serve.ts';
import { post, startServerProcess } from '../support/servers/server-process.ts';

async function environment(change: Record<string, string> = {}) {
  const models = await modelsFolder();
  onTestFinished(() => rm(models, { recursive: true }));
  return { MODELS_DIR: models, DATA_DIR: await scratchFolder(), LOG_LEVEL: 'trace', ...change };
}

const statusOf = async (url: string, token?: string) => {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await fetch(url, { headers })).status;
};

describe('a server that other machines can reach', () => {
  it('prints its first key once, not in the log, and refuses callers without a key', {
    timeout: 60_000,
  }, async () => {
    const settings = await environment({ HOST: '0.0.0.0' });
    const server = await startServerProcess(settings);
    const { address } = server;
    const token = await eventually(() => {
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

    // The server has a key now, so it makes no other.
    const next = await startServerProcess(settings);
    expect(await statusOf(`${next.address}/tasks`, token)).toBe(200);
    expect(await next.stop('SIGTERM')).toBe(0);
    // Nor does it print the text for a person: its standard error is not a terminal.
    expect(next.said()).toBe('');
  });
});

describe('a server on loopback', () => {
  it('requires keys as soon as another process has made the first one, and always from then on', {
    timeout: 60_000,
  }, async () => {
    const settings = await environment();
    const server = await startServerProcess(settings);
    const tasks = `${server.address}/tasks`;
    expect(await statusOf(tasks)).toBe(200);
    expect(server.said()).not.toContain('il_');

    const made = await innerloop(['keys', 'create', 'acme'], undefined, settings);
    const token = made.stdout.trim();
    await eventually(async () => expect(await statusOf(tasks)).toBe(401), { timeout: 2000 });
    expect(await statusOf(tasks, token)).toBe(200);

    const [, id = ''] = token.split('_');
    expect(await innerloop(['keys', 'revoke', id], undefined, settings)).toMatchObject({ code: 0 });
    await eventually(async () => expect(await statusOf(tasks, token)).toBe(401), { timeout: 2000 });
    expect(await statusOf(tasks)).toBe(401);
    expect(await server.stop('SIGTERM')).toBe(0);

    const next = await serve(settings);
    expect(await statusOf(`${next.address}/tasks`)).toBe(401);
  });
});
