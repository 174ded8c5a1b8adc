import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { openProject, type Project } from './compose.ts';
import { answering, docker, firstKey, inspect, logs } from './docker.ts';
import { learnsWave } from './wave.ts';

const WORKERS = 3;
let project: Project;
let url: string;
let key: string;

describe('docker-compose.yml', () => {
  beforeAll(async () => {
    project = await openProject();
    await project.compose('up', '--detach', '--scale', `worker=${WORKERS}`);
    url = await project.url();
    await answering(url);
    const [api = ''] = await project.containers('api');
    key = await eventually(async () => firstKey(await logs(api)));
  });
  afterAll(() => project?.[Symbol.asyncDispose]());

  it('starts an API and the requested number of workers, all healthy', async () => {
    const ids = [...(await project.containers('api')), ...(await project.containers('worker'))];
    expect(ids).toHaveLength(1 + WORKERS);
    await eventually(
      async () => {
        const states = await Promise.all(ids.map((id) => inspect(id, '{{.State.Health.Status}}')));
        expect(new Set(states)).toEqual(new Set(['healthy']));
      },
      { timeout: 60_000, interval: 500 },
    );
  });

  it('adapts on the workers and predicts at the API', () => learnsWave(url, key, 'wave'));

  it('makes keys for other tenants while the service runs', async () => {
    const other = firstKey(
      await project.compose('exec', '-T', 'api', 'innerloop', 'keys', 'create', 'alice'),
    );
    // Another tenant's task is not there.
    const headers = { authorization: `Bearer ${other}` };
    expect((await fetch(`${url}/tasks/wave`, { headers })).status).toBe(404);
    await learnsWave(url, other, 'wave');
  });

  it('gives no container a writable root, a capability, or a way to gain one', async () => {
    for (const service of ['api', 'worker', 'redis', 'cache']) {
      for (const id of await project.containers(service)) {
        const { ReadonlyRootfs, CapDrop, CapAdd, SecurityOpt } = JSON.parse(
          await inspect(id, '{{json .HostConfig}}'),
        );
        expect({ service, ReadonlyRootfs, CapDrop, CapAdd, SecurityOpt }).toEqual({
          service,
          ReadonlyRootfs: true,
          CapDrop: ['ALL'],
          CapAdd: null,
          SecurityOpt: ['no-new-privileges:true'],
        });
      }
    }
  });

  it('publishes only the API', async () => {
    for (const service of ['worker', 'redis', 'cache']) {
      for (const id of await project.containers(service)) expect(await docker('port', id)).toBe('');
    }
  });

  it('ends idle workers at once, without SIGKILL', async () => {
    const [, ...workers] = await project.containers('worker');
    const started = performance.now();
    await docker('stop', '--time', '30', ...workers);
    expect(performance.now() - started).toBeLessThan(5000);
    for (const id of workers) expect(await inspect(id, '{{.State.ExitCode}}')).toBe('0');
    await learnsWave(url, key, 'wave-without');
  });

  it('keeps tasks and keys when all containers are stopped and started', async () => {
    await project.compose('stop');
    await project.compose('start');
    url = await project.url();
    await answering(url);
    const answer = await fetch(`${url}/tasks/wave`, { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(200);
  });
});
