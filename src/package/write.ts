import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest, Package } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';
import { verifyPackage } from './verify.ts';

/**
 * Writes `model.json` and the programs into `directory`, which is made where it is missing. The manifest goes first and
 * comes last, so that a directory with one is a whole package whenever this is interrupted.
 */
export async function writePackage(directory: string, { manifest, programs }: Package): Promise<void> {
  const path = join(directory, 'model.json');
  await mkdir(directory, { recursive: true });
  await rm(path, { force: true });
  for (const [name, bytes] of Object.entries(programs))
    await writeFile(join(directory, `${name}.onnx`), bytes);
  await writeFile(`${path}.part`, textOf(manifest));
  await rename(`${path}.part`, path);
}

/** Reads a package as it would be written. @throws InnerloopError `invalid_package` that names the field, expected and got. */
export function verifyReadable({ manifest, programs }: Package): void {
  verifyPackage({ manifest: parseManifest(Buffer.from(textOf(manifest))), programs });
}

const textOf = (manifest: Manifest) => `${JSON.stringify(manifest, null, 2)}\n`;
