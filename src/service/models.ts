import type { ContentKind } from '../domain/content.ts';
import { InnerloopError } from '../errors.ts';
import { programsDigest } from '../package/digest.ts';
import type { Encoder } from '../package/encoder/encoder.ts';
import type { Manifest, Package } from '../package/manifest.ts';
import { type InputSpec, inputSpecOf, type Readers } from './inputs/input-spec.ts';

/** An installed package, and whether this process has its encoder. */
export interface InstalledModel extends Manifest {
  readonly status: 'ready' | 'encoder_missing';
  /** The command that brings the encoder, where there is one. */
  readonly command?: string;
}

/** The installed packages, by name and by digest. Those whose encoder is missing are listed, and cannot be used. */
export interface Models {
  list(): readonly InstalledModel[];
  /** @throws InnerloopError `model_not_found` */
  installed(model: string): InstalledModel;
  /**
   * The installed package of this name. With a version (`name@version`), it may be a former one that tasks use.
   * @throws InnerloopError `model_not_found` and `encoder_missing`, with `pointer` when the name was in a body
   */
  named(model: string, pointer?: string): Manifest;
  /** @throws InnerloopError `encoder_missing` if the digest is that of an installed package without its encoder */
  requireEncoder(digest: string): void;
  /** What the package reads. */
  input(manifest: Manifest): InputSpec;
  /** The first package of these names that is installed and has its encoder; null if none is. */
  firstOf(names: readonly string[]): Manifest | null;
  /**
   * Null when neither a package with its encoder nor a former one has this digest. It also finds packages by digests of before
   * 0.2 (programs only).
   */
  withDigest(digest: string): Manifest | null;
  /** All digests that `withDigest` knows. */
  digests(): readonly string[];
}

export function createModels(
  packages: readonly Package[],
  encoders: readonly Encoder[] = [],
  former: readonly Package[] = [],
  encoderCommands: Readonly<Record<string, string>> = {},
): Models {
  const encoderOf = encoderLookup(encoders);
  const all = packages
    .map(({ manifest }) => installedModel(manifest, encoderOf, encoderCommands))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const ready = all.filter(({ status }) => status === 'ready');
  const byName = new Map(all.map((model) => [model.name, model]));
  const others = former.map(({ manifest }) => manifest);
  const byDigest = new Map([
    ...others.map((manifest) => [manifest.digest, manifest] as const),
    ...ready.flatMap((manifest) => digestBefore02(manifest)),
    ...ready.map((manifest) => [manifest.digest, manifest] as const),
  ]);
  const readers = readersOf(ready, encoderOf);
  const found = (model: string, pointer?: string): InstalledModel | Manifest => {
    const manifest = byName.get(nameOf(model));
    if (manifest && [manifest.name, versioned(manifest)].includes(model)) return manifest;
    const other = others.find((each) => versioned(each) === model);
    if (other) return other;
    const got = model.slice(0, 128);
    const version = manifest ? `: the version served is ${manifest.version}` : '';
    throw new InnerloopError('model_not_found', `There is no model ${JSON.stringify(got)}${version}`, {
      expected: manifest ? versioned(manifest) : `one of ${[...byName.keys()].join(', ')}`,
      got,
      ...(pointer !== undefined && { pointer }),
    });
  };
  return {
    list: () => all,
    input: (manifest) => inputSpecOf(manifest, encoderOf(manifest), readers),
    firstOf: (names) => names.flatMap((name) => ready.find((each) => each.name === name) ?? [])[0] ?? null,
    installed: (model) => ({ status: 'ready', ...found(model) }),
    named(model, pointer) {
      const manifest = found(model, pointer);
      requireReady(manifest, pointer);
      return manifest;
    },
    requireEncoder(digest) {
      const manifest = all.find((each) => each.digest === digest);
      if (manifest) requireReady(manifest);
    },
    withDigest: (digest) => byDigest.get(digest) ?? null,
    digests: () => [...byDigest.keys()],
  };
}

type FindEncoder = (manifest: Manifest) => Encoder | null;

/** Null for a package that names no encoder, or one that is not there. */
function encoderLookup(encoders: readonly Encoder[]): FindEncoder {
  const byDigest = new Map(encoders.map((each) => [each.manifest.digest, each]));
  return ({ input: { preprocessing } }) =>
    preprocessing.kind === 'encoder' ? (byDigest.get(preprocessing.digest) ?? null) : null;
}

function installedModel(
  manifest: Manifest,
  encoderOf: FindEncoder,
  commands: Readonly<Record<string, string>>,
): InstalledModel {
  const { preprocessing } = manifest.input;
  if (preprocessing.kind !== 'encoder' || encoderOf(manifest)) return { ...manifest, status: 'ready' };
  const command = commands[preprocessing.name];
  return { ...manifest, status: 'encoder_missing', ...(command !== undefined && { command }) };
}

function requireReady(manifest: Manifest | InstalledModel, pointer?: string): void {
  const { name, input } = manifest;
  if (!('status' in manifest) || manifest.status === 'ready' || input.preprocessing.kind !== 'encoder')
    return;
  const { name: encoder, digest } = input.preprocessing;
  const remedy = manifest.command === undefined ? '' : `. Its operator can add it: ${manifest.command}`;
  const message = `Package ${name} needs the encoder ${encoder}, which this server does not have${remedy}`;
  throw new InnerloopError('encoder_missing', message, {
    ...(pointer !== undefined && { pointer }),
    expected: `encoder ${encoder} with digest ${digest}`,
    got: 'none',
  });
}

/** The names of the packages by the kind that they read. */
function readersOf(manifests: readonly Manifest[], encoderOf: FindEncoder): Readers {
  const names: Partial<Record<ContentKind, string[]>> = {};
  // Those with an encoder first: they serve inputs of any subject.
  for (const manifest of manifests.toSorted((a, b) => b.format - a.format)) {
    const { reads } = inputSpecOf(manifest, encoderOf(manifest));
    names[reads] = [...(names[reads] ?? []), manifest.name];
  }
  return names;
}

/** Support sets from before 0.2 contain prepared inputs, so for these adaptations only the programs must be equal. */
function digestBefore02(manifest: Manifest): readonly (readonly [digest: string, Manifest])[] {
  if (manifest.input.preprocessing.kind !== 'image') return [];
  return [[programsDigest(manifest.programs), manifest]];
}

/** `omniglot-maml@1.0.0` → `omniglot-maml` */
export function nameOf(model: string): string {
  return model.split('@', 1)[0] ?? model;
}

/** Name and version, as in records: `omniglot-maml@1.0.0`. */
export function versioned({ name, version }: Manifest): string {
  return `${name}@${version}`;
}
