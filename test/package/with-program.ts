import { packageDigest, programHashes } from '../../src/package/digest.ts';
import type { Package, ProgramName } from '../../src/package/manifest.ts';
import { tinyPackages } from '../support/packages.ts';

export const good = tinyPackages.gradients();

/** The package with one program replaced, and hashes that agree. */
export function withProgram(name: ProgramName, bytes: Uint8Array): Package {
  const programs = { ...good.programs, [name]: bytes };
  const hashes = programHashes(programs);
  return {
    manifest: {
      ...good.manifest,
      programs: hashes,
      digest: packageDigest(hashes, good.manifest.input.preprocessing),
    },
    programs,
  };
}
