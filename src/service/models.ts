import type { ContentKind } from '../domain/content.ts';
import { InnerloopError } from '../errors.ts';
import { programsDigest } from '../package/digest.ts';
import type { Manifest, Package } from '../package/manifest.ts';
import { type InputSpec, inputSpecOf, type Readers } from './inputs/input-spec.ts';

/** The installed packages, by name and by digest. */
export interface Models {
  list(): readonly Manifest[];
  /**
   * The package of this name. With a version (`name@version`), the version must be the installed one.
   * @throws InnerloopError `model_not_found`, with `pointer` when the name was in a body
   */
  named(model: string, pointer?: string): Manifest;
  /** What the package reads. */
  input(manifest: Manifest): InputSpec;
  /** Null when no installed package has this digest. It also finds packages by digests of before 0.2 (programs only). */
  withDigest(digest: string): Manifest | null;
  /** All digests that `withDigest` knows. */
  digests(): readonly string[];
}

export function createModels(packages: readonly Package[]): Models {
  const manifests = packages.map(({ manifest }) => manifest).sort((a, b) => (a.name < b.name ? -1 : 1));
  const byName = new Map(manifests.map((manifest) => [manifest.name, manifest]));
  const byDigest = new Map([
    ...manifests.flatMap((manifest) => digestBefore02(manifest)),
    ...manifests.map((manifest) => [manifest.digest, manifest] as const),
  ]);
  const readers = readersOf(manifests);
  return {
    list: () => manifests,
    input: (manifest) => inputSpecOf(manifest, readers),
    named(model, pointer) {
      const manifest = byName.get(nameOf(model));
      if (manifest && [manifest.name, versioned(manifest)].includes(model)) return manifest;
      const got = model.slice(0, 128);
      const other = manifest ? `: the version served is ${manifest.version}` : '';
      throw new InnerloopError('model_not_found', `There is no model ${JSON.stringify(got)}${other}`, {
        expected: manifest ? versioned(manifest) : `one of ${[...byName.keys()].join(', ')}`,
        got,
        ...(pointer !== undefined && { pointer }),
      });
    },
    withDigest: (digest) => byDigest.get(digest) ?? null,
    digests: () => [...byDigest.keys()],
  };
}

/** The names of the packages by the kind that they read. */
function readersOf(manifests: readonly Manifest[]): Readers {
  const names: Partial<Record<ContentKind, string[]>> = {};
  for (const manifest of manifests) {
    const { reads } = inputSpecOf(manifest);
    names[reads] = [...(names[reads] ?? []), manifest.name];
  }
  return names;
}

/** Support sets from before 0.2 contain prepared inputs, so for these adaptations only the programs must be equal. */
function digestBefore02(manifest: Manifest): readonly (readonly [digest: string, Manifest])[] {
  if (manifest.input.preprocessing.kind === 'none') return [];
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
