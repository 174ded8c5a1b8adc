import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { createLmdbTaskStore } from '../../../src/adapters/lmdb/tasks/task-store.ts';
import { plenty } from '../../support/examples.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { processFile } from '../../support/tiers/processes.ts';

const script = processFile('accepting-process');

/** Runs the accepting process, kills it after it has printed a number of ids, and returns all printed ids. */
async function killedAfter(count: number, path: string, first: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [script, path, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const told: string[] = [];
  for await (const id of createInterface({ input: child.stdout })) {
    told.push(id);
    if (told.length === count) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return told;
}

it('loses no accepted adaptation when its process is killed repeatedly', async () => {
  const path = await scratchFolder();
  const told: string[] = [];
  for (const [round, count] of [1, 7, 50].entries()) {
    told.push(...(await killedAfter(count, path, 100_000 * round)));
    await using store = createLmdbTaskStore({ path, quota: plenty });
    const unfinished = await store.unfinished();
    const found = new Set(unfinished.map(({ id }) => id));
    expect(told.filter((id) => !found.has(id))).toEqual([]);
    const sets = await Promise.all(
      unfinished.map(async ({ tenant, task, id }) => {
        const record = await store.adaptation(tenant, task, id);
        return record && store.supportSet(tenant, task, record.support.digest);
      }),
    );
    expect(sets.filter((set) => set === null)).toEqual([]);
    expect((await store.task('acme', 'runes'))?.submitted).toBe(found.size);
  }
  expect(told.length).toBeGreaterThanOrEqual(58);
});
