import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../../config.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import type { Package } from '../../package/manifest.ts';
import { readPackage } from '../../package/read.ts';
import { writePackage } from '../../package/write.ts';

/** The packages that tasks use, in DATA_DIR/packages, one folder per digest. They outlive an upgrade of MODELS_DIR. */
export interface KeptPackages {
  /** Versions that are no longer installed. */
  readonly former: readonly Package[];
  /** Writes an installed package, if it is not there yet. Call it before a task uses the package. */
  keep(digest: string): Promise<void>;
}

export async function openKeptPackages(
  { DATA_DIR }: Pick<Config, 'DATA_DIR'>,
  installed: readonly Package[],
  logger: FastifyBaseLogger,
): Promise<KeptPackages> {
  const folder = join(DATA_DIR, 'packages');
  const names = await readdir(folder).catch(() => []);
  const byDigest = new Map(installed.map((each) => [each.manifest.digest, each]));
  const kept = new Set<string>();
  const former: Package[] = [];
  for (const name of names.filter((each) => NAME.test(each))) {
    if (byDigest.has(digestOf(name))) kept.add(digestOf(name));
    else {
      const found = await readPackage(join(folder, name)).catch((err: unknown) => {
        logger.warn({ err, package: name }, 'a former version of a package cannot be read: skipped');
        return null;
      });
      if (found) former.push(found);
    }
  }
  return {
    former,
    async keep(digest) {
      const pkg = byDigest.get(digest);
      if (!pkg || kept.has(digest)) return;
      kept.add(digest);
      await write(folder, pkg).catch((err: unknown) => {
        kept.delete(digest);
        // The task works without it, until the package is replaced.
        logger.warn({ err, package: pkg.manifest.name }, 'this version of the package cannot be kept');
      });
    },
  };
}

/** Packages that name an encoder which is not there cannot run. */
export function withEncoders(
  packages: readonly Package[],
  encoders: readonly Encoder[],
  logger: FastifyBaseLogger,
): readonly Package[] {
  const digests = new Set(encoders.map(({ manifest }) => manifest.digest));
  return packages.filter(({ manifest: { name, version, input } }) => {
    const { preprocessing } = input;
    const isReady = preprocessing.kind !== 'encoder' || digests.has(preprocessing.digest);
    if (!isReady) logger.warn({ package: `${name}@${version}` }, 'the encoder of a former version is gone');
    return isReady;
  });
}

const NAME = /^[0-9a-f]{64}$/;
const digestOf = (name: string) => `sha256:${name}`;

/** Under another name first, so that a process that dies leaves no part of a package. */
async function write(folder: string, pkg: Package): Promise<void> {
  const name = pkg.manifest.digest.slice('sha256:'.length);
  const draft = join(folder, `draft-${name}-${process.pid}`);
  await mkdir(draft, { recursive: true });
  await writePackage(draft, pkg);
  await rename(draft, join(folder, name)).catch(() => rm(draft, { recursive: true, force: true }));
}
