import { expect, it, onTestFinished } from 'vitest';
import { modelsFolder } from '../../support/files/models-folder.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { startServerProcess } from '../../support/servers/server-process.ts';

interface Body {
  readonly [member: string]: unknown;
}

const call = async (url: string, body?: object, headers: Record<string, string> = {}): Promise<Body> => {
  const answer = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Body;
};

it('learns from accepted feedback after the process was killed', async () => {
  const environment = { MODELS_DIR: await modelsFolder(), DATA_DIR: await scratchFolder() };
  const points = [
    { label: 'left', input: [-1, 0] },
    { label: 'right', input: [1, 0] },
  ];
  const first = await startServerProcess(environment);
  onTestFinished(() => void first.child.kill('SIGKILL'));
  const task = `${first.address}/tasks/points`;
  const done = { model: 'tiny-gradients', support: points };
  expect(await call(`${task}/adapt`, done, { prefer: 'wait=20' })).toMatchObject({ status: 'succeeded' });
  // While this one runs, feedback waits for the next.
  const long = await call(`${task}/adapt`, { ...done, settings: { steps: 100_000, rate: 0.000001 } });
  const given = await call(`${task}/feedback`, { input: [0, 9], label: 'up', readapt: 'now' });
  expect(given).toMatchObject({ adaptation: null, example: { label: 'up' } });
  await first.stop('SIGKILL');

  const second = await startServerProcess(environment);
  onTestFinished(() => void second.child.kill('SIGKILL'));
  const again = `${second.address}/tasks/points`;
  const { data } = (await call(`${again}/examples?source=feedback`)) as { data?: readonly object[] };
  expect(data).toMatchObject([{ label: 'up', source: 'feedback' }]);
  // The end of the long one begins the next.
  await call(`${again}/adaptations/${long.id}/cancel`, {});
  await expect
    .poll(async () => (await call(again)).labels, { timeout: 60_000, interval: 100 })
    .toEqual(['left', 'right', 'up']);
  await second.stop('SIGTERM');
});
