import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLmdbStateCache } from '../../../src/adapters/lmdb/state-cache.ts';
import { createLmdbTaskStore } from '../../../src/adapters/lmdb/tasks/task-store.ts';
import { createWriteProbe } from '../../../src/adapters/write-probe.ts';
import { lockBuiltEncoders } from '../../../src/main/encoders/built-encoders.ts';
import { tensor } from '../../../src/tensor.ts';
import { eventually } from '../../support/eventually.ts';
import { plenty } from '../../support/examples.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { processFile } from '../../support/tiers/processes.ts';

const opening = processFile('opening-process');
const KiB = 1024;

function mount(folder: string, bytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'innerloop-test', folder], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

/** Mounts a small file system, which only root can do. */
async function smallDisk(bytes: number): Promise<string> {
  const folder = await scratchFolder();
  mount(folder, bytes);
  // Unmount lazily: after a failed commit, LMDB never closes the files of the environment.
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}

const trial = mkdtempSync(join(tmpdir(), 'innerloop-'));
const canMount = mount(trial, 64 * KiB);
if (canMount) execFileSync('umount', [trial]);
rmdirSync(trial);
if (!canMount) console.warn('Left out: a full disk. Expected the right to mount a tmpfs, found none');

const taskOf = (n: number) => ({
  tenant: 'acme',
  id: `task-${n}`,
  model: 'tiny',
  createdAt: '2026-01-01T00:00:00.000Z',
  metadata: { text: 'x'.repeat(500) },
});

/** Fills the file system to its last byte. */
async function fill(folder: string): Promise<string> {
  const file = join(folder, 'filler');
  await writeFile(file, Buffer.alloc(64 * KiB * KiB)).catch(() => undefined);
  return file;
}

describe.skipIf(!canMount)('a full disk', () => {
  // Each step runs in a separate process, to show that no signal ends it.
  it.each([0, 4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 96])(
    'refuses a first start in words, or has room, with %i KiB free',
    async (free) => {
      const folder = await smallDisk(256 * KiB);
      await writeFile(join(folder, 'filler'), Buffer.alloc((252 - free) * KiB));
      const run = promisify(execFile)(process.execPath, [opening, join(folder, 'data')]);
      const { stdout } = await run.catch((error) => error);
      expect(stdout).toMatch(/^(opened|invalid_config: No room in DATA_DIR: .*(ENOSPC|EIO))/);
      if (free <= 8) expect(stdout).toMatch(/No room/);
      // With free space it starts, even if a failed start left files behind.
      await rm(join(folder, 'filler'));
      const again = await promisify(execFile)(process.execPath, [opening, join(folder, 'data')]);
      expect(again.stdout).toMatch(/^opened/);
    },
  );

  it('is not a lock of another process, which the build of encoders would wait for', async () => {
    const folder = await smallDisk(256 * KiB);
    await fill(folder);
    await expect(lockBuiltEncoders({ DATA_DIR: join(folder, 'data') })).rejects.toThrow(
      /^No room in DATA_DIR: .*ENOSPC/,
    );
  });

  it.each([
    ['the file system is full', 1],
    ['a large support set has no room', 200],
  ])('only accepts deletions when %s, and writes again when there is room', async (_what, kilobytes) => {
    const folder = await smallDisk(2 * KiB * KiB);
    const errors: Error[] = [];
    const onChange = vi.fn();
    const store = createLmdbTaskStore({
      path: join(folder, 'tasks'),
      quota: plenty,
      onWriteError: (error) => probe.noteFailure(error),
    });
    const probe = createWriteProbe({ write: store.probeWrites, onChange });
    onTestFinished(async () => {
      probe[Symbol.dispose]();
      await store[Symbol.asyncDispose]();
    });
    for (let n = 0; n < 100; n++) await store.putTask(taskOf(n));
    expect(await probe.succeeds()).toBe(true);
    const filler = await fill(folder);
    const put = (n: number) =>
      store.putTask({ ...taskOf(n), metadata: { text: 'y'.repeat(kilobytes * KiB) } }).catch((error) => {
        errors.push(error);
        return null;
      });
    for (let n = 1000; n < 1500 && errors.length < 3; n++) await put(n);
    expect(errors).toHaveLength(3);
    for (const error of errors) {
      expect(error).toMatchObject({
        code: 'unavailable',
        message: 'The store is full. Only deletions can succeed: try again later',
        details: { retryAfterSeconds: 60, cause: { code: 'ENOSPC' } },
      });
    }
    expect(await probe.succeeds()).toBe(false);
    expect(onChange.mock.calls).toHaveLength(1);
    expect(onChange.mock.calls[0]?.[0].message).toContain('ENOSPC');

    // Deletions free space inside the file, so that it needs no more bytes on the disk.
    for (let n = 0; n < 90; n++) expect(await store.deleteTask('acme', `task-${n}`)).not.toBeNull();
    await eventually(async () => expect(await probe.succeeds()).toBe(true), {
      timeout: 5000,
      interval: 1000,
    });
    expect(onChange.mock.lastCall).toEqual([null]);
    expect(await store.putTask(taskOf(2000))).toMatchObject({ created: true });

    await rm(filler);
    expect(await put(3000)).toMatchObject({ created: true });
    expect((await store.tasks('acme', { limit: 1000 })).data.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['task-95', 'task-2000', 'task-3000']),
    );
  });

  it('can be opened again for deletions, with an empty cache', async () => {
    const folder = await smallDisk(1 * KiB * KiB);
    {
      await using store = createLmdbTaskStore({ path: join(folder, 'tasks'), quota: plenty });
      for (let n = 0; n < 20; n++) await store.putTask(taskOf(n));
    }
    const cache = createLmdbStateCache({ path: join(folder, 'states'), maxBytes: 1e6 });
    await fill(folder);
    await using store = createLmdbTaskStore({ path: join(folder, 'tasks'), quota: plenty });
    expect(await store.deleteTask('acme', 'task-0')).not.toBeNull();
    await cache.put('a', { w: tensor([50_000], new Array(50_000).fill(1)) });
    await cache.put('b', { w: tensor([1], [1]) });
    await cache[Symbol.asyncDispose]();
    const reopened = createLmdbStateCache({ path: join(folder, 'states'), maxBytes: 1e6 });
    expect(await reopened.get('a')).toBeNull();
    await reopened[Symbol.asyncDispose]();
  });
});
