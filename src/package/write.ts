import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Package } from './manifest.ts';

/** Writes `model.json` and the programs into `directory`, which is made where it is missing. */
export async function writePackage(directory: string, { manifest, programs }: Package): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, bytes] of Object.entries(programs))
    await writeFile(join(directory, `${name}.onnx`), bytes);
  await writeFile(join(directory, 'model.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
