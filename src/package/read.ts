import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InnerloopError } from '../errors.ts';
import { reasonOf } from './files.ts';
import type { Package } from './manifest.ts';
import { MAX_MANIFEST_BYTES } from './parse-document.ts';
import { parseManifest } from './parse-manifest.ts';
import { canonicalModel, readFile } from './read-file.ts';
import { MAX_PROGRAM_BYTES, verifyPackage } from './verify.ts';

/** The packages in `directory`, one per folder that holds a `model.json`, by name. @throws InnerloopError `invalid_package` */
export async function readPackages(directory: string): Promise<readonly Package[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
    const message = `Expected a folder of packages at ${directory}: ${reasonOf(cause)}`;
    throw new InnerloopError('invalid_config', message, { cause });
  });
  const packages: Package[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const files = await readdir(join(directory, name));
    if (files.includes('model.json')) packages.push(await readPackage(join(directory, name)));
  }
  packages.sort((a, b) => (a.manifest.name < b.manifest.name ? -1 : 1));
  const twice = packages.find((each, i) => each.manifest.name === packages[i + 1]?.manifest.name);
  if (!twice) return packages;
  const message = `Expected one package named ${twice.manifest.name}, got several`;
  throw new InnerloopError('invalid_package', message);
}

/** A package directory, verified. @throws InnerloopError `invalid_package` that names the file, the field, expected, got. */
export async function readPackage(directory: string): Promise<Package> {
  try {
    const manifest = parseManifest(await readFile(join(directory, 'model.json'), MAX_MANIFEST_BYTES));
    const program = (name: string) => readFile(join(directory, `${name}.onnx`), MAX_PROGRAM_BYTES);
    const programs: Package['programs'] = {
      init: await program('init'),
      ...(manifest.programs.step !== undefined && { step: await program('step') }),
      predict: await program('predict'),
    };
    verifyPackage({ manifest, programs });
    const { init, step, predict } = programs;
    return {
      manifest,
      programs: {
        init: canonicalModel(init),
        ...(step && { step: canonicalModel(step) }),
        predict: canonicalModel(predict),
      },
    };
  } catch (error) {
    const name = `Package ${basename(directory)}`;
    if (error instanceof InnerloopError) {
      throw new InnerloopError(error.code, `${name}: ${error.message}`, error.details);
    }
    throw new InnerloopError('invalid_package', `${name} cannot be read`, { cause: error });
  }
}
