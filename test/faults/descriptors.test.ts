import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { points } from '../http/support/bodies.ts';
import { eventually } from '../support/eventually.ts';
import { modelsFolder } from '../support/files/models-folder.ts';
import { scratchFolder } from '../support/scratch.ts';
import { listeningAddress } from '../support/servers/listening-address.ts';
import { client } from './support/client.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Starts a server with a limit of file descriptors. */
async function limited(files: number, settings: Readonly<Record<string, string>>) {
  const models = await modelsFolder();
  onTestFinished(() => rm(models, { recursive: true }));
  const command = `ulimit -n ${files}; exec "$0" --import tsx src/main/serve.ts`;
  const child = spawn('bash', ['-c', command, process.execPath], {
    cwd: root,
    env: { ...process.env, PORT: '0', MODELS_DIR: models, DATA_DIR: await scratchFolder(), ...settings },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const lines: string[] = [];
  const address = await new Promise<string>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      const at = listeningAddress(line);
      if (at !== null) resolve(at);
    });
  });
  return { address, lines, child, exited };
}

/** Fewer connections than the backlog of a listening socket: the system drops further ones without an error. */
const AT_ONCE = 100;

/** Opens connections that send nothing. Resolves when each of them is open or refused. */
async function hold(address: string, count: number): Promise<Socket[]> {
  const { port, hostname } = new URL(address);
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, () =>
      connect(Number(port), hostname),
    );
    for (const socket of some) {
      // Without a reader, a socket does not notice that the other side has closed the connection.
      socket.resume().on('error', () => undefined);
    }
    await Promise.all(some.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
    sockets.push(...some);
  }
  return sockets;
}

it.each([
  [256, 400, {}],
  [256, 1500, { HOST: 'localhost' }],
  [512, 300, { MAX_CONNECTIONS: '20' }],
  [1024, 1500, {}],
] as const)(
  'goes on with %i descriptors when %i idle connections come and go: %o',
  async (files, count, settings) => {
    const { address, lines, child, exited } = await limited(files, settings);
    const call = client(address);
    expect((await call('POST', '/tasks/a/adapt', points, { prefer: 'wait=20' })).body.status).toBe(
      'succeeded',
    );
    for (let round = 0; round < 2; round++) {
      const sockets = await hold(address, count);
      await eventually(() => {
        const refused = sockets.filter((socket) => socket.closed).length;
        expect(refused).toBeGreaterThan(count - files);
        expect(refused).toBeLessThan(count);
      }, 10_000);
      // Wait until every timer of the process has run a few times.
      await new Promise((resolve) => setTimeout(resolve, 2500));
      for (const socket of sockets) socket.destroy();
      await eventually(async () => expect((await call('GET', '/health/ready')).status).toBe(200), 10_000);
      const task = `/tasks/after-${round}`;
      expect((await call('POST', `${task}/adapt`, points, { prefer: 'wait=20' })).body.status).toBe(
        'succeeded',
      );
      expect((await call('POST', `${task}/predict`, { inputs: [[-1, 0]] })).status).toBe(200);
    }
    expect(lines.filter((line) => /"level":[56]0/.test(line))).toEqual([]);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  },
  120_000,
);
