import { packageDigest, programHashes, programsDigest } from './digest.ts';
import type { Manifest, Package, ProgramName } from './manifest.ts';
import { programSignatures } from './signatures.ts';
import { invalid, verifyProgram } from './verify-program.ts';

/** Size limit of a program that is read or written. */
export const MAX_PROGRAM_BYTES = 64 * 1024 * 1024;

/**
 * Checks that the programs have the digests, inputs and outputs that the manifest states, and that they use only
 * arithmetic. No program is loaded before this check: the runtime would open any file that a model names as external
 * data.
 * @throws InnerloopError `invalid_package`
 */
export function verifyPackage({ manifest, programs }: Package): void {
  verifySizes(programs);
  verifyDigests(manifest, programs);
  if (!programs.step && manifest.inner.steps.maximum > 0) {
    throw invalid(
      'model.json',
      '/inner/steps/maximum',
      '0 without a step program',
      manifest.inner.steps.maximum,
    );
  }
  verifyRarities(manifest);
  const signatures = programSignatures(manifest);
  for (const [name, bytes] of Object.entries(programs) as [ProgramName, Uint8Array][])
    verifyProgram(`${name}.onnx`, bytes, signatures[name]);
}

function verifyRarities({ calibration, input: { shape } }: Manifest): void {
  if (calibration?.rarities === undefined) return;
  const length = Buffer.byteLength(calibration.rarities, 'base64');
  const [features] = shape;
  if (shape.length === 1 && length === features) return;
  throw invalid('model.json', '/calibration/rarities', `base64 of ${features} bytes`, `${length} bytes`);
}

function verifySizes(programs: Package['programs']): void {
  for (const [name, { length }] of Object.entries(programs))
    if (length > MAX_PROGRAM_BYTES)
      throw invalid(`${name}.onnx`, '', `at most ${MAX_PROGRAM_BYTES} bytes`, length);
}

function verifyDigests(
  { format, programs: stated, digest, input: { preprocessing } }: Manifest,
  programs: Package['programs'],
): void {
  const hashes = programHashes(programs);
  for (const name of ['init', 'step', 'predict'] as const) {
    if (stated[name] === hashes[name]) continue;
    throw invalid(`${name}.onnx`, '', stated[name] ?? 'no such program', hashes[name] ?? 'none');
  }
  const actual = packageDigest(hashes, preprocessing);
  // Packages from before version 0.2 may have a digest without the preprocessing. They cannot have an ink step.
  if (format === 1 && !('ink' in preprocessing) && digest === programsDigest(hashes)) return;
  if (actual !== digest) throw invalid('model.json', '/digest', actual, digest);
}
