import { InnerloopError } from '../errors.ts';
import type { Manifest, Package } from '../package/manifest.ts';

/** The packages served, by the names tasks use and by the digests adaptations were made with. */
export interface Models {
  list(): readonly Manifest[];
  /**
   * The package of this name; with a version (`name@version`), only if it is the one served.
   * @throws InnerloopError `model_not_found` that points at `pointer`, where the name was in a body.
   */
  named(model: string, pointer?: string): Manifest;
  /** Null when the package has been replaced or removed since. */
  withDigest(digest: string): Manifest | null;
}

export function createModels(packages: readonly Package[]): Models {
  const manifests = packages.map(({ manifest }) => manifest).sort((a, b) => (a.name < b.name ? -1 : 1));
  const byName = new Map(manifests.map((manifest) => [manifest.name, manifest]));
  const byDigest = new Map(manifests.map((manifest) => [manifest.digest, manifest]));
  return {
    list: () => manifests,
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
  };
}

/** `omniglot-maml@1.0.0` → `omniglot-maml` */
export function nameOf(model: string): string {
  return model.split('@', 1)[0] ?? model;
}

/** How records name a package: `omniglot-maml@1.0.0`. */
export function versioned({ name, version }: Manifest): string {
  return `${name}@${version}`;
}
