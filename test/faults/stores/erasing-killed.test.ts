import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { contentDigestOf, textContent } from '../../../src/domain/content.ts';
import { withService } from '../../main/server/with-service.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { settle } from '../../support/service.ts';
import { processFile } from '../../support/tiers/processes.ts';

type Environment = Readonly<Record<string, string>>;

const script = processFile('erasing-process');
const TASKS = 12;
const tasks = Array.from({ length: TASKS }, (_, i) => `task-${String(i).padStart(2, '0')}`);
const secretOf = (task: string) => `aa of ${task}`;

const fill = (environment: Environment) =>
  withService(environment, async (service, { queue }) => {
    service.processAdaptations();
    for (const task of tasks) {
      const texts = { A: [secretOf(task)], B: ['b', 'bb'] };
      const support = Object.entries(texts).flatMap(([label, all]) =>
        all.map((text) => ({ label, input: { kind: 'text', text } as const })),
      );
      await settle(service, await service.adapt('acme', task, { model: 'tiny-prototypes', support }));
    }
    await queue.drain();
  });

/** Kills a process with SIGKILL when it has begun to erase from this many tasks. */
async function killWhileErasing(environment: Environment, begun: number): Promise<void> {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  let lines = 0;
  for await (const _ of createInterface(child.stdout)) {
    child.stdin.write('\n');
    if (++lines === begun) child.kill('SIGKILL');
  }
  await ended;
}

/** The tasks whose example is erased. Each is erased as a whole, or not at all. */
const erasedTasks = (environment: Environment) =>
  withService(environment, async (service, { store, cache }) => {
    const erased: string[] = [];
    for (const task of tasks) {
      const { data } = await service.adaptations('acme', task, { limit: 1 });
      const [{ id = '', status = '' } = {}] = data;
      const digest = contentDigestOf(textContent(secretOf(task)));
      const labels = (await service.examples('acme', task, { limit: 9 }, {})).data.map(({ label }) => label);
      const found = {
        isStored: (await store.contents('acme', [digest])).has(digest),
        isListed: labels.includes('A'),
        isCurrent: (await service.task('acme', task)).current === id,
      };
      const isErased = status === 'erased';
      expect(found).toEqual({ isStored: !isErased, isListed: !isErased, isCurrent: !isErased });
      if (!isErased) continue;
      expect(await cache.has(`acme/${id}`)).toBe(false);
      erased.push(task);
    }
    return erased;
  });

async function expectWhole(environment: Environment): Promise<void> {
  await fill(environment);
  for (const begun of [4, 7]) await killWhileErasing(environment, begun);
  const between = await erasedTasks(environment);
  expect(between.length).toBeGreaterThanOrEqual(6);
  expect(between.length).toBeLessThan(TASKS);
  await withService(environment, async (service, { store }) => {
    for (const task of tasks) await service.erase('acme', task, { label: 'A' });
    for (const task of tasks) await service.deleteTask('acme', task);
    expect(await store.usage('acme')).toEqual({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
  });
}

describe('a process that is killed while it erases, in files', () => {
  it('has erased each example as a whole or not at all', async () => {
    await expectWhole({ DATA_DIR: await scratchFolder() });
  });
});

describeWithRedis('a process that is killed while it erases, in Redis', () => {
  it('has erased each example as a whole or not at all', async () => {
    await using server = await startRedis();
    await expectWhole({ REDIS_URL: server.url });
  });
});
