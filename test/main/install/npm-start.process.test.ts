import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { points } from '../../http/support/bodies.ts';
import { modelsFolder } from '../../support/files/models-folder.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { listeningAddress } from '../../support/servers/listening-address.ts';
import { serve } from '../../support/servers/serve.ts';
import { post } from '../../support/servers/server-process.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs `npm start` in a separate process group, so that the test can end all its processes. */
async function npmStart(environment: Readonly<Record<string, string>>) {
  const npm = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = once(npm, 'exit');
  onTestFinished(() => {
    try {
      process.kill(-Number(npm.pid), 'SIGKILL');
    } catch {
      // All processes of the group have ended.
    }
  });
  for await (const line of createInterface(npm.stdout)) {
    const address = listeningAddress(line);
    if (address !== null) return { npm, ended, address };
  }
  throw new Error('npm start ended before the server listened');
}

const isFree = (address: string) =>
  once(createConnection(Number(new URL(address).port), '127.0.0.1'), 'connect').then(
    ([socket]) => {
      socket?.destroy();
      return false;
    },
    () => true,
  );

it.each(['SIGTERM', 'SIGINT'] as const)(
  'npm start passes %s on: the port is free afterwards, and the state is kept',
  async (signal) => {
    const models = await modelsFolder();
    onTestFinished(() => rm(models, { recursive: true }));
    const environment = { MODELS_DIR: models, DATA_DIR: await scratchFolder() };
    const { npm, ended, address } = await npmStart(environment);
    const adapted = await post(`${address}/tasks/signs/adapt`, points, { prefer: 'wait=20' });
    expect(await adapted.json()).toMatchObject({ status: 'succeeded' });
    expect(await isFree(address)).toBe(false);

    npm.kill(signal);
    await ended;
    await expect.poll(() => isFree(address), { timeout: 15_000 }).toBe(true);

    const next = await serve(environment);
    const predicted = await post(`${next.address}/tasks/signs/predict`, { inputs: [[1, 0]] });
    expect(await predicted.json()).toMatchObject({ predictions: [{ label: 'right' }] });
  },
);
