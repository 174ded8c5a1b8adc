import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Package } from '../../../src/package/manifest.ts';
import { writePackage } from '../../../src/package/write.ts';
import { tinyPackages } from '../packages.ts';

/** Makes a folder with these packages, for `MODELS_DIR`. Default: all tiny packages. */
export async function modelsFolder(
  packages: readonly Package[] = Object.values(tinyPackages).map((make) => make()),
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'innerloop-models-'));
  for (const each of packages) await writePackage(join(folder, each.manifest.name), each);
  return folder;
}

const bundled = fileURLToPath(new URL('../../../models', import.meta.url));

/** Makes a folder with copies of these bundled packages: a folder of all would need encoders, which take time to build. */
export async function bundledFolder(names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'innerloop-models-'));
  for (const name of names) await cp(join(bundled, name), join(folder, name), { recursive: true });
  return folder;
}
