import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../../config.ts';
import { makeFolder } from '../../make-folder.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import type { Package } from '../../package/manifest.ts';
import { readPackage } from '../../package/read.ts';
import { writePackage } from '../../package/write.ts';
import type { Clock } from '../../ports/clock.ts';

/** The packages that tasks use, in DATA_DIR/packages, one folder per digest. They outlive an upgrade of MODELS_DIR. */
export interface KeptPackages {
  /** Versions that are no longer installed. */
  readonly former: readonly Package[];
  /** Writes the package, if it is not there. Call it before a task uses the package. */
  keep(digest: string): Promise<void>;
  /**
   * Removes a version if it is not installed, no adaptation uses it, and no process has stored or renewed it in the last day:
   * another process with this folder may have it installed, and be about to use it. `inUse` is called only if there is one.
   */
  removeUnused(inUse: () => Promise<ReadonlySet<string>>): Promise<void>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export async function openKeptPackages(
  { DATA_DIR }: Pick<Config, 'DATA_DIR'>,
  installed: readonly Package[],
  logger: FastifyBaseLogger,
  clock: Clock,
): Promise<KeptPackages> {
  const folder = join(DATA_DIR, 'packages');
  const now = () => clock.now().getTime();
  const installedDigests = new Set(installed.map(({ manifest }) => manifest.digest));
  const former: Package[] = [];
  for (const name of await namesIn(folder)) {
    if (!NAME.test(name) || installedDigests.has(digestOf(name))) continue;
    const found = await readPackage(join(folder, name)).catch((err: unknown) => {
      logger.warn({ err, package: name }, 'a former version of a package cannot be read: skipped');
      return null;
    });
    if (found) former.push(found);
  }
  const known = new Map([...former, ...installed].map((each) => [each.manifest.digest, each]));
  /** When each was last kept. */
  const keptAt = new Map<string, number>();
  return {
    former,

    async keep(digest) {
      const pkg = known.get(digest);
      if (!pkg || now() - (keptAt.get(digest) ?? 0) < HOUR_MS) return;
      keptAt.set(digest, now());
      await write(folder, pkg, clock.now()).catch((err: unknown) => {
        // The task works without it, until the package is replaced.
        logger.warn({ err, package: pkg.manifest.name }, 'this version of the package cannot be kept');
      });
    },

    async removeUnused(inUse) {
      const old: string[] = [];
      for (const name of await namesIn(folder)) {
        if (!NAME.test(name) && !name.startsWith(DRAFT)) continue;
        const { mtimeMs } = await stat(join(folder, name));
        if (!installedDigests.has(digestOf(name)) && now() - mtimeMs > DAY_MS) old.push(name);
      }
      if (old.length === 0) return;
      const used = await inUse();
      for (const name of old.filter((each) => !used.has(digestOf(each)))) {
        // Under another name first, so that no process finds a part of it.
        const gone = name.startsWith(DRAFT) ? name : `${DRAFT}${randomUUID()}`;
        await rename(join(folder, name), join(folder, gone));
        await rm(join(folder, gone), { recursive: true });
        logger.info({ package: name }, 'a version of a package that no task uses any more is removed');
      }
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
const DRAFT = 'draft-';
const digestOf = (name: string) => `sha256:${name}`;
const namesIn = (folder: string) => readdir(folder).catch((): string[] => []);

/**
 * Writes a package and sets its time. Under another name first, so that a process that dies leaves no part of a package.
 * One that is already there only gets the time.
 */
async function write(folder: string, pkg: Package, time: Date): Promise<void> {
  const name = pkg.manifest.digest.slice('sha256:'.length);
  const isThere = await utimes(join(folder, name), time, time).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const draft = join(folder, `${DRAFT}${randomUUID()}`);
  await makeFolder(draft);
  await writePackage(draft, pkg);
  await utimes(draft, time, time);
  await rename(draft, join(folder, name)).catch(() => rm(draft, { recursive: true, force: true }));
}
