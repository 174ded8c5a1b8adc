import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { mlp } from '../../src/nn/mlp.ts';
import { classifier } from '../../src/nn/network.ts';
import type { Package } from '../../src/package/manifest.ts';
import { eventually } from '../support/eventually.ts';
import { tinyPackage } from '../support/packages.ts';
import { describeWithRedis, startRedis } from '../support/redis/redis.ts';
import { scratchFolder } from '../support/scratch.ts';
import { post, put } from '../support/servers/post.ts';
import { type Served, serve } from '../support/servers/serve.ts';

describeWithRedis('an upgrade of a package, over API and worker processes with folders of their own', () => {
  it('lets tasks stay with the former version or follow, and removes it when no task uses it', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis[Symbol.asyncDispose]());
    const folders = { api: await scratchFolder(), worker: await scratchFolder() };
    const [first, next] = [versionOf('1.0.0', 8), versionOf('1.0.1', 6)];
    const start = async (pkg: Package) => {
      const of = (role: 'api' | 'worker') =>
        serve({ REDIS_URL: redis.url, ROLE: role, DATA_DIR: folders[role] }, { packages: [pkg] });
      const [worker, api] = [await of('worker'), await of('api')];
      return { api, stop: () => Promise.all([api.stop(), worker.stop()]) };
    };
    const keptIn = async (role: 'api' | 'worker') =>
      (await readdir(join(folders[role], 'packages'))).toSorted();
    const nameOf = ({ manifest }: Package) => manifest.digest.slice('sha256:'.length);

    const before = await start(first);
    await put(before.api, '/tasks/following', { model: 'tiny-gradients', packageUpdates: 'follow' });
    for (const task of ['pinned', 'following'])
      expect(await adapt(before.api, task, { model: 'tiny-gradients', support })).toMatchObject({
        status: 'succeeded',
        model: 'tiny-gradients@1.0.0',
      });
    const answer = await predict(before.api, 'pinned');
    await before.stop();
    for (const role of ['api', 'worker'] as const) expect(await keptIn(role)).toEqual([nameOf(first)]);

    const after = await start(next);
    expect(await predict(after.api, 'pinned')).toEqual(answer);
    const more = { support: [{ label: 'up', input: [0, 1] }], mode: 'append' };
    expect(await adapt(after.api, 'pinned', more)).toMatchObject({
      status: 'succeeded',
      model: 'tiny-gradients@1.0.0',
      support: { examples: 4 },
    });
    expect((await predict(after.api, 'following')).model).toBe('tiny-gradients@1.0.0');
    await eventually(
      async () => expect((await predict(after.api, 'following')).model).toBe('tiny-gradients@1.0.1'),
      { timeout: 20_000, interval: 50 },
    );
    await after.stop();

    // Days later, the former version is still in use.
    const age = async () => {
      for (const folder of Object.values(folders))
        for (const name of await readdir(join(folder, 'packages')))
          await utimes(join(folder, 'packages', name), new Date(0), new Date(0));
    };
    await age();
    const later = await start(next);
    expect((await predict(later.api, 'pinned')).model).toBe('tiny-gradients@1.0.0');
    for (const task of ['pinned', 'following'])
      await fetch(`${later.api.address}/tasks/${task}`, { method: 'DELETE' });
    expect(await adapt(later.api, 'new', { model: 'tiny-gradients', support })).toMatchObject({
      model: 'tiny-gradients@1.0.1',
    });
    await later.stop();
    expect(await keptIn('api')).toEqual([nameOf(first), nameOf(next)].toSorted());

    // Nothing uses it any more.
    await age();
    const last = await start(next);
    for (const role of ['api', 'worker'] as const)
      await eventually(async () => expect(await keptIn(role)).toEqual([nameOf(next)]), 10_000);
    expect((await predict(last.api, 'new')).model).toBe('tiny-gradients@1.0.1');
  });
});

const support = [
  { label: 'left', input: [-1, 0] },
  { label: 'left', input: [-1, 0.5] },
  { label: 'right', input: [1, 0] },
];

/** Versions of one package with other programs. */
function versionOf(version: string, hidden: number): Package {
  const network = classifier(mlp([2, hidden, hidden]));
  const { manifest, programs } = tinyPackage('tiny-gradients', 'maml', network, { order: 1 });
  return { manifest: { ...manifest, version }, programs };
}

async function adapt(server: Served, task: string, body: object): Promise<object> {
  const answer = await post(server, `/tasks/${task}/adapt`, body, { prefer: 'wait=20' });
  return (await answer.json()) as object;
}

async function predict(server: Served, task: string): Promise<{ readonly model: string }> {
  const answer = await post(server, `/tasks/${task}/predict`, { inputs: [[-1, 0.2]] });
  return (await answer.json()) as { model: string };
}
