import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './files.ts';
import type { Manifest, Package } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';
import { verifyPackage } from './verify.ts';

/**
 * Writes `model.json` and the programs into `directory`, which is created if it is missing. The old manifest is removed
 * first and the new manifest is written last, so a directory with a manifest always has a complete package. Does not
 * check the package: see `verifyReadable`.
 */
export async function writePackage(directory: string, { manifest, programs }: Package): Promise<void> {
  const path = join(directory, 'model.json');
  await rm(path, { force: true });
  for (const [name, bytes] of Object.entries(programs))
    await replaceFile(join(directory, `${name}.onnx`), bytes);
  await replaceFile(path, textOf(manifest));
}

/** Checks a package as `readPackage` does, sizes included. @throws InnerloopError `invalid_package` */
export function verifyReadable({ manifest, programs }: Package): void {
  verifyPackage({ manifest: parseManifest(Buffer.from(textOf(manifest))), programs });
}

const textOf = (manifest: Manifest) => `${JSON.stringify(manifest, null, 2)}\n`;
