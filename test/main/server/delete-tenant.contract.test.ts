import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import type { Backend } from '../../../src/main/server/backends/backend.ts';
import { deleteTenant } from '../../../src/main/server/delete-tenant.ts';
import { openBackend } from '../../../src/main/server/open-backend.ts';
import { noMeter } from '../../../src/ports/telemetry.ts';
import { tensor } from '../../../src/tensor.ts';
import { apiKey } from '../../support/contracts/key-store.ts';
import { draftOf, supportOf, taskDraft } from '../../support/examples.ts';
import { adminOf } from '../../support/redis/admin.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { silent } from '../../support/silent.ts';
import { processFile } from '../../support/tiers/processes.ts';

type Environment = Readonly<Record<string, string>>;

const script = processFile('deleting-process');
const clock = { now: () => new Date() };
const TASKS = 200;

async function withBackend<T>(environment: Environment, work: (backend: Backend) => Promise<T>): Promise<T> {
  const backend = await openBackend(parseConfig(environment), silent, noMeter, () => undefined);
  try {
    return await work(backend);
  } finally {
    await backend[Symbol.asyncDispose]();
  }
}

const fill = (environment: Environment) =>
  withBackend(environment, async ({ store, cache, keyStore }) => {
    for (const tenant of ['acme', 'bert']) {
      await keyStore.add(apiKey(`of-${tenant}`, { tenant }));
      for (let i = 0; i < TASKS; i++) {
        const [id, given] = [`task-${i}`, supportOf(['a', 'b'], i)];
        const support = { digest: given.support.digest, examples: 2 };
        await store.accept(draftOf(id, { tenant, task: id, support }), given, { ...taskDraft, tenant, id });
        await cache.put(`${tenant}/${id}`, { w: tensor([1], [i]) });
      }
    }
  });

const left = (environment: Environment, tenant: string) =>
  withBackend(environment, async ({ store, cache, keyStore }) => {
    const ids = Array.from({ length: TASKS }, (_, i) => `task-${i}`);
    const states = await Promise.all(ids.map((id) => cache.has(`${tenant}/${id}`)));
    return {
      tasks: (await store.usage(tenant)).tasks,
      states: states.filter(Boolean).length,
      keys: (await keyStore.list(tenant)).length,
      deletion: (await keyStore.deletions()).find((each) => each.tenant === tenant) ?? null,
    };
  });

/** Kills a process with SIGKILL in the middle of the deletion. */
async function killWhileDeleting(environment: Environment): Promise<void> {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  let lines = 0;
  for await (const _ of createInterface(child.stdout)) if (++lines === 20) child.kill('SIGKILL');
  await ended;
}

const all = { tasks: TASKS, states: TASKS, keys: 1, deletion: null };
const erased = { tasks: 0, states: 0, keys: 0, deletion: { erasedAt: expect.any(String) } };

function describeDeletion(open: () => Promise<Environment & AsyncDisposable>): void {
  it('erases a tenant from the command line, and no other', async () => {
    await using environment = await open();
    await fill(environment);
    expect(await left(environment, 'acme')).toEqual(all);
    expect(await deleteTenant(environment, clock, 'acme', false)).toMatchObject({ isErased: true });
    expect(await left(environment, 'acme')).toMatchObject(erased);
    expect(await left(environment, 'bert')).toEqual(all);
  });

  it('finishes after a process was killed in the middle', async () => {
    await using environment = await open();
    await fill(environment);
    await killWhileDeleting(environment);
    const between = await left(environment, 'acme');
    expect(between).toMatchObject({ keys: 1, deletion: { erasedAt: null, keepsKeys: false } });
    expect(between.tasks).toBeGreaterThan(0);
    expect(between.tasks).toBeLessThan(TASKS);
    await deleteTenant(environment, clock, 'nobody', false);
    expect(await left(environment, 'acme')).toMatchObject(erased);
    expect(await left(environment, 'bert')).toEqual(all);
  });
}

describe('a tenant in files', () => {
  describeDeletion(async () => ({
    DATA_DIR: await scratchFolder(),
    [Symbol.asyncDispose]: async () => undefined,
  }));

  it('is not deleted if the files cannot be opened, and the reason is stated at once', async () => {
    const environment = { DATA_DIR: await scratchFolder() };
    await fill(environment);
    await writeFile(join(environment.DATA_DIR, 'tasks', 'data.mdb'), Buffer.alloc(8192));
    const started = performance.now();
    await expect(deleteTenant(environment, clock, 'acme', false)).rejects.toThrow(
      /tasks cannot be opened: data.mdb is damaged/,
    );
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});

describeWithRedis('a tenant in a full Redis', () => {
  it('can be deleted', async () => {
    await using server = await startRedis();
    const environment = { REDIS_URL: server.url };
    await fill(environment);
    const admin = adminOf(server.url);
    await admin.config('SET', 'maxmemory', '1000000');
    await withBackend(environment, async ({ keyStore }) => {
      await expect(keyStore.add(apiKey('new'))).rejects.toMatchObject({ code: 'unavailable' });
    });
    expect(await deleteTenant(environment, clock, 'acme', false)).toMatchObject({ isErased: true });
    expect(await left(environment, 'acme')).toMatchObject(erased);
  });
});

describeWithRedis('a tenant in Redis', () =>
  describeDeletion(async () => {
    const server = await startRedis();
    return { REDIS_URL: server.url, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  }),
);
