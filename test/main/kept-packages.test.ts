import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { openKeptPackages } from '../../src/main/server/kept-packages.ts';
import type { Package } from '../../src/package/manifest.ts';
import { tinyPackages } from '../support/packages.ts';
import { scratchFolder } from '../support/scratch.ts';

const HOUR_MS = 3_600_000;
const [first, other] = [tinyPackages.prototypes(), tinyPackages.curve()];
const logger = pino({ level: 'silent' });
const nameOf = (pkg: Package) => pkg.manifest.digest.slice('sha256:'.length);
const digestOf = (pkg: Package) => pkg.manifest.digest;

describe('the packages that a data folder keeps', () => {
  /** A process whose clock is `hours` ahead. */
  const open = (data: string, installed: readonly Package[], hours = 0) =>
    openKeptPackages({ DATA_DIR: data }, installed, logger, {
      now: () => new Date(Date.now() + hours * HOUR_MS),
    });
  const namesIn = async (data: string) => (await readdir(join(data, 'packages'))).sort();
  const using = (...packages: readonly Package[]) => vi.fn(async () => new Set(packages.map(digestOf)));

  it('are former versions after they are no longer installed', async () => {
    const data = await scratchFolder();
    const before = await open(data, [first, other]);
    await Promise.all([before.keep(digestOf(first)), before.keep(digestOf(first))]);
    await before.keep('sha256:unknown');
    expect(await namesIn(data)).toEqual([nameOf(first)]);
    expect((await open(data, [first])).former).toEqual([]);
    expect((await open(data, [other])).former.map(digestOf)).toEqual([digestOf(first)]);
  });

  it('are removed a day after the last use, if no adaptation uses them', async () => {
    const data = await scratchFolder();
    const before = await open(data, [first, other]);
    for (const each of [first, other]) await before.keep(digestOf(each));
    await (await open(data, [], 23)).removeUnused(using());
    expect(await namesIn(data)).toHaveLength(2);
    const inUse = using(other);
    await (await open(data, [], 25)).removeUnused(inUse);
    expect(await namesIn(data)).toEqual([nameOf(other)]);
    expect(inUse).toHaveBeenCalledTimes(1);
  });

  it('stay while they are installed, and then the store is not asked', async () => {
    const data = await scratchFolder();
    await (await open(data, [first])).keep(digestOf(first));
    const inUse = using();
    await (await open(data, [first], 1000)).removeUnused(inUse);
    expect(await namesIn(data)).toEqual([nameOf(first)]);
    expect(inUse).not.toHaveBeenCalled();
  });

  it('stay while another process with the same folder keeps them', async () => {
    const data = await scratchFolder();
    await (await open(data, [first])).keep(digestOf(first));
    const old = await open(data, [first], 24.5);
    await old.keep(digestOf(first));
    await (await open(data, [], 25)).removeUnused(using());
    expect(await namesIn(data)).toEqual([nameOf(first)]);
  });

  it('are written again by a process that has loaded a version that another removed', async () => {
    const data = await scratchFolder();
    await (await open(data, [first])).keep(digestOf(first));
    const running = await open(data, []);
    await (await open(data, [], 25)).removeUnused(using());
    expect(await namesIn(data)).toEqual([]);
    await running.keep(digestOf(first));
    expect((await open(data, [])).former.map(digestOf)).toEqual([digestOf(first)]);
  });

  it('leave no parts of processes that have died, and other files alone', async () => {
    const data = await scratchFolder();
    const packages = join(data, 'packages');
    await mkdir(join(packages, 'draft-1'), { recursive: true });
    await mkdir(join(packages, 'draft-2'));
    await writeFile(join(packages, 'notes'), 'mine');
    for (const name of ['draft-1', 'notes']) await utimes(join(packages, name), new Date(0), new Date(0));
    await (await open(data, [])).removeUnused(using());
    expect(await namesIn(data)).toEqual(['draft-2', 'notes']);
  });

  it('are none without a folder that can be written', async () => {
    const data = join(await scratchFolder(), 'file');
    await writeFile(data, '');
    const kept = await open(data, [first]);
    await kept.keep(digestOf(first));
    await kept.removeUnused(using());
    expect(kept.former).toEqual([]);
  });
});
