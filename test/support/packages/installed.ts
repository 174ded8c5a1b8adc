import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Package } from '../../../src/package/manifest.ts';
import { readPackages } from '../../../src/package/read.ts';
import { bundledFolder, modelsFolder } from '../files/models-folder.ts';
import { packagesByKind } from './by-kind.ts';

/** What a service finds in its folders. It is not changed, so all test files of this process share it. */
interface Installed {
  readonly packages: readonly Package[];
  /** For `ENCODERS_DIR`. Without it, no package has an encoder. */
  readonly encoders?: string;
}

const made = new Map<string, Promise<Installed>>();

function once(key: string, make: () => Promise<Installed>): Promise<Installed> {
  const installed = made.get(key) ?? make();
  made.set(key, installed);
  return installed;
}

/** All tiny packages. */
export const installTiny = () => once('tiny', async () => ({ packages: await readOnce(modelsFolder()) }));

/** The packages of `packagesByKind`, with their encoders. */
export const installByKind = () =>
  once('by kind', async () => {
    const encoders = await mkdtemp(join(tmpdir(), 'innerloop-encoders-'));
    process.once('exit', () => rmSync(encoders, { recursive: true, force: true }));
    return { packages: await readOnce(modelsFolder(await packagesByKind(encoders))), encoders };
  });

export const installBundled = (names: readonly string[]) =>
  once(`bundled ${names}`, async () => ({ packages: await readOnce(bundledFolder(names)) }));

/** Reads the packages as a service does at its start, and deletes the folder. */
async function readOnce(folder: Promise<string>): Promise<readonly Package[]> {
  const path = await folder;
  const packages = await readPackages(path);
  await rm(path, { recursive: true });
  return packages;
}
