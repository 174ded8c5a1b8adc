import { InnerloopError } from '../errors.ts';
import type { Manifest, Package } from '../package/manifest.ts';

/** The packages served, by the names tasks use and by the digests adaptations were made with. */
export interface Models {
  list(): readonly Manifest[];
  /** @throws InnerloopError `model_not_found` that points at `pointer`, where the name was in a body. */
  named(name: string, pointer?: string): Manifest;
  /** Null when the package has been replaced or removed since. */
  withDigest(digest: string): Manifest | null;
}

export function createModels(packages: readonly Package[]): Models {
  const manifests = packages.map(({ manifest }) => manifest).sort((a, b) => (a.name < b.name ? -1 : 1));
  const byName = new Map(manifests.map((manifest) => [manifest.name, manifest]));
  const byDigest = new Map(manifests.map((manifest) => [manifest.digest, manifest]));
  return {
    list: () => manifests,
    named(name, pointer) {
      const manifest = byName.get(name);
      if (manifest) return manifest;
      throw new InnerloopError('model_not_found', `There is no model ${JSON.stringify(name.slice(0, 64))}`, {
        expected: `one of ${[...byName.keys()].join(', ')}`,
        got: name.slice(0, 64),
        ...(pointer !== undefined && { pointer }),
      });
    },
    withDigest: (digest) => byDigest.get(digest) ?? null,
  };
}

/** How records name a package: `omniglot-maml@1.0.0`. */
export function versioned({ name, version }: Manifest): string {
  return `${name}@${version}`;
}
