import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { long, points } from '../http/support/bodies.ts';
import { modelsFolder } from '../support/files/models-folder.ts';
import { scratchFolder } from '../support/scratch.ts';
import { serve } from '../support/servers/serve.ts';
import { post, startServerProcess } from '../support/servers/server-process.ts';

/** More time than any shutdown may take. */
const endless = { ...long, settings: { ...long.settings, seed: 1 } };

describe('SIGTERM', () => {
  it('ends the process with 0 in time, even with open connections and a running adaptation', {
    timeout: 120_000,
  }, async () => {
    const models = await modelsFolder();
    onTestFinished(() => rm(models, { recursive: true }));
    const environment = { MODELS_DIR: models, DATA_DIR: await scratchFolder() };
    const server = await startServerProcess(environment);
    await post(`${server.address}/tasks/done/adapt`, points, { prefer: 'wait=20' });
    const running = (await (await post(`${server.address}/tasks/running/adapt`, endless)).json()) as {
      id: string;
    };

    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const [idle] = (await once(get(`${server.address}/models`, { agent }), 'response')) as [IncomingMessage];
    await once(idle.resume(), 'end');
    // A browser opens connections before it needs them.
    const unused = createConnection(Number(new URL(server.address).port), '127.0.0.1');
    onTestFinished(() => void unused.destroy());
    await once(unused, 'connect');
    const events = `${server.address}/tasks/running/adaptations/${running.id}/events`;
    const [stream] = (await once(get(events, { agent }), 'response')) as [IncomingMessage];
    stream.resume();
    // A caller that waits for the end gets the current record.
    const waiting = post(
      `${server.address}/tasks/other/adapt`,
      { ...endless, settings: { steps: 100_000, rate: 1e-7 } },
      { prefer: 'wait=60' },
    );
    await once(stream, 'data');

    const started = performance.now();
    const [code] = await Promise.all([server.stop('SIGTERM'), once(stream, 'close')]);
    expect(code).toBe(0);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect((await waiting).status).toBe(202);
    expect(server.lines.some((line) => line.includes('"stopped"'))).toBe(true);

    // The interrupted adaptation runs again, and the finished one still answers.
    const next = await serve(environment);
    const record = (await (
      await fetch(`${next.address}/tasks/running/adaptations/${running.id}`)
    ).json()) as { status: string };
    expect(['queued', 'running', 'succeeded']).toContain(record.status);
    const predicted = await post(`${next.address}/tasks/done/predict`, { inputs: [[1, 0]] });
    expect(await predicted.json()).toMatchObject({ predictions: [{ label: 'right' }] });
  });
});

describe('a server that cannot start', () => {
  it('lists the problems of its settings and ends with 1', async () => {
    const starting = startServerProcess({ PORT: 'http', LOG_LEVEL: 'loud', TRUST_PROXY: 'everybody' });
    await expect(starting).rejects.toThrow(
      /ended with 1 .*PORT .*"http".*LOG_LEVEL .*"loud".*TRUST_PROXY .*"everybody"/s,
    );
  });

  it('names the execution provider that it cannot use, and what it requires', {
    timeout: 60_000,
  }, async () => {
    const DATA_DIR = await scratchFolder();
    const starting = startServerProcess({ EXECUTION_PROVIDERS: 'cuda', DATA_DIR });
    await expect(starting).rejects.toThrow(
      /ended with 1 .*execution provider cuda cannot be used.*CUDA 12, cuDNN 9.*\n {2}caused by: .*load shared library/s,
    );
    expect(await readdir(DATA_DIR)).toEqual([]);
  });

  it('starts on the CPU instead if the settings allow it, and warns', async () => {
    const models = await modelsFolder();
    onTestFinished(() => rm(models, { recursive: true }));
    const environment = { MODELS_DIR: models, DATA_DIR: await scratchFolder() };
    const server = await startServerProcess({ ...environment, EXECUTION_PROVIDERS: 'cuda,cpu' });
    const ready = await fetch(`${server.address}/health/ready`);
    expect(await ready.json()).toMatchObject({ ready: true, executionProvider: 'cpu' });
    const warnings = server.lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 40);
    expect(warnings).toMatchObject([
      { msg: expect.stringContaining('provider cuda cannot'), cause: expect.stringContaining('Cuda') },
    ]);
    expect(await server.stop('SIGTERM')).toBe(0);
  });

  it('names the package that it cannot load', async () => {
    const models = await modelsFolder();
    onTestFinished(() => rm(models, { recursive: true }));
    await rm(`${models}/tiny-curve/predict.onnx`);
    const starting = startServerProcess({ MODELS_DIR: models, DATA_DIR: await scratchFolder() });
    await expect(starting).rejects.toThrow(/Package tiny-curve: predict\.onnx/);
  });
});
