import type { ContentKind } from '../domain/content.ts';
import { InnerloopError } from '../errors.ts';
import { programsDigest } from '../package/digest.ts';
import type { Encoder } from '../package/encoder/encoder.ts';
import type { Manifest, Package } from '../package/manifest.ts';
import { type InputSpec, inputSpecOf, type Readers } from './inputs/input-spec.ts';

/** The installed packages, by name and by digest. */
export interface Models {
  list(): readonly Manifest[];
  /**
   * The installed package of this name. With a version (`name@version`), it may be a former one that tasks use.
   * @throws InnerloopError `model_not_found`, with `pointer` when the name was in a body
   */
  named(model: string, pointer?: string): Manifest;
  /** What the package reads. */
  input(manifest: Manifest): InputSpec;
  /** The first package of these names that is installed; null if none is. */
  firstOf(names: readonly string[]): Manifest | null;
  /** Null when neither an installed package nor a former one has this digest. It also finds packages by digests of before 0.2 (programs only). */
  withDigest(digest: string): Manifest | null;
  /** All digests that `withDigest` knows. */
  digests(): readonly string[];
}

export function createModels(
  packages: readonly Package[],
  encoders: readonly Encoder[] = [],
  former: readonly Package[] = [],
): Models {
  const manifests = packages.map(({ manifest }) => manifest).sort((a, b) => (a.name < b.name ? -1 : 1));
  const byName = new Map(manifests.map((manifest) => [manifest.name, manifest]));
  const others = former.map(({ manifest }) => manifest);
  const byDigest = new Map([
    ...others.map((manifest) => [manifest.digest, manifest] as const),
    ...manifests.flatMap((manifest) => digestBefore02(manifest)),
    ...manifests.map((manifest) => [manifest.digest, manifest] as const),
  ]);
  const encoderOf = encoderLookup(encoders);
  const readers = readersOf(manifests, encoderOf);
  return {
    list: () => manifests,
    input: (manifest) => inputSpecOf(manifest, encoderOf(manifest), readers),
    firstOf: (names) => names.flatMap((name) => byName.get(name) ?? [])[0] ?? null,
    named(model, pointer) {
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
    },
    withDigest: (digest) => byDigest.get(digest) ?? null,
    digests: () => [...byDigest.keys()],
  };
}

/** @throws InnerloopError `invalid_config` when a package names an encoder that is not there */
function encoderLookup(encoders: readonly Encoder[]): (manifest: Manifest) => Encoder | null {
  const byDigest = new Map(encoders.map((each) => [each.manifest.digest, each]));
  return ({ name, input: { preprocessing } }) => {
    if (preprocessing.kind !== 'encoder') return null;
    const found = byDigest.get(preprocessing.digest);
    if (found) return found;
    const expected = `encoder ${preprocessing.name} with digest ${preprocessing.digest}`;
    const same = encoders.find(({ manifest }) => manifest.name === preprocessing.name);
    const got = same ? `one with digest ${same.manifest.digest}` : 'none';
    throw new InnerloopError('invalid_config', `Package ${name} needs ${expected}, got ${got}`, {
      expected,
      got,
    });
  };
}

/** The names of the packages by the kind that they read. */
function readersOf(manifests: readonly Manifest[], encoderOf: (each: Manifest) => Encoder | null): Readers {
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
