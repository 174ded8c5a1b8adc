import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { lockFolder } from '../../../src/adapters/lmdb/folder-lock.ts';
import { createLmdbStateCache } from '../../../src/adapters/lmdb/state-cache.ts';
import { createLmdbTaskStore } from '../../../src/adapters/lmdb/tasks/task-store.ts';
import { tensor } from '../../../src/tensor.ts';
import { plenty, taskDraft } from '../../support/examples.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { processFile } from '../../support/tiers/processes.ts';

const script = processFile('claiming-process');

const filling = processFile('filling-process');

const overwrite = async (file: string, from: number, length: number) => {
  await using handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(length, 0xa5), 0, length, from);
};

/** Damaged data files. If LMDB opened one of these, a signal would end the process. */
const damages: Record<string, (file: string) => Promise<void>> = {
  'other bytes': (file) => writeFile(file, Buffer.alloc(100_000, 0xa5)),
  zeros: (file) => writeFile(file, Buffer.alloc(100_000)),
  'a line of text': (file) => writeFile(file, 'hello\n'),
  'its first page alone': (file) => truncate(file, 4096),
  'its first two pages alone': (file) => truncate(file, 8192),
  'a spoilt first page': (file) => overwrite(file, 0, 4096),
  'a spoilt second page': (file) => overwrite(file, 4096, 4096),
};

async function storeWithOneTask(): Promise<string> {
  const path = await scratchFolder();
  await using store = createLmdbTaskStore({ path, quota: plenty });
  await store.putTask(taskDraft);
  return path;
}

describe('the files of the task store', () => {
  it.each(Object.entries(damages))('are refused when the data file holds %s', async (_what, damage) => {
    const path = await storeWithOneTask();
    await damage(join(path, 'data.mdb'));
    expect(() => createLmdbTaskStore({ path, quota: plenty })).toThrow(
      /^The data in .* cannot be opened: data.mdb is damaged/,
    );
  });

  it('are created if the data file is empty, and read if it has extra bytes at the end', async () => {
    const empty = await scratchFolder();
    await writeFile(join(empty, 'data.mdb'), '');
    {
      await using store = createLmdbTaskStore({ path: empty, quota: plenty });
      expect(await store.task(taskDraft.tenant, taskDraft.id)).toBeNull();
    }
    const path = await storeWithOneTask();
    await appendFile(join(path, 'data.mdb'), 'tail');
    await using store = createLmdbTaskStore({ path, quota: plenty });
    expect(await store.tasks(taskDraft.tenant, { limit: 1 })).toMatchObject({ nextCursor: null });
  });

  it('are refused if the folder cannot be created', async () => {
    const path = join(await scratchFolder(), 'tasks');
    await writeFile(path, '');
    expect(() => createLmdbTaskStore({ path, quota: plenty })).toThrow(
      /^The data in .*tasks cannot be opened/,
    );
  });
});

describe('a full disk', () => {
  it('refuses a write for which there is no room, and keeps all earlier writes', {
    timeout: 60_000,
  }, async () => {
    const path = await scratchFolder();
    // Simulate a full disk: no file of the process may grow any further.
    const command = `trap '' XFSZ; ulimit -f 1000; exec "$0" --import tsx "$1" "$2"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', command, process.execPath, filling, path]);
    const lines = stdout.trim().split('\n');
    const told = lines.filter((line) => line.startsWith('id-'));
    expect(lines.slice(-2)).toEqual(['refused', String(told.length)]);
    await using store = createLmdbTaskStore({ path, quota: plenty });
    expect((await store.unfinished()).map(({ id }) => id)).toEqual(told);
  });
});

describe('a locked folder', () => {
  it('belongs to one process at a time, and is free after that process was killed', async () => {
    const folder = await scratchFolder();
    const child = spawn(process.execPath, [script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    expect(() => lockFolder(folder)).toThrow(`Process ${child.pid} uses ${folder}`);
    child.kill('SIGKILL');
    await exited;
    await using _claim = lockFolder(folder);
  });

  it('can be locked again after disposal, and if the lock file is damaged', async () => {
    const folder = await scratchFolder();
    await lockFolder(folder)[Symbol.asyncDispose]();
    await writeFile(join(folder, 'owner/data.mdb'), 'hello');
    await using _claim = lockFolder(folder);
  });
});

describe('the files of the state cache', () => {
  it.each(Object.entries(damages))('are created again when the data file holds %s', async (_what, damage) => {
    const path = join(await scratchFolder(), 'states');
    await mkdir(path);
    const state = { w: tensor([1], [7]) };
    {
      await using cache = createLmdbStateCache({ path, maxBytes: 1e6 });
      await cache.put('a', state);
    }
    await damage(join(path, 'data.mdb'));
    await using cache = createLmdbStateCache({ path, maxBytes: 1e6 });
    expect(await cache.get('a')).toBeNull();
    await cache.put('a', state);
    expect(await cache.get('a')).toEqual(state);
  });
});
