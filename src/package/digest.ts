import { createHash } from 'node:crypto';
import type { EncoderManifest } from './encoder/encoder.ts';
import type { Manifest, Package, Preprocessing } from './manifest.ts';

export type ProgramHashes = Manifest['programs'];

/** `sha256:` and 64 hex digits. */
export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Each program's hash. */
export function programHashes({ init, step, predict }: Package['programs']): ProgramHashes {
  return { init: sha256(init), ...(step && { step: sha256(step) }), predict: sha256(predict) };
}

/** The digest of a package. It covers the programs and the preprocessing: hash over `name:hash` lines in name order. */
export function packageDigest(hashes: ProgramHashes, preprocessing: Preprocessing): string {
  if (preprocessing.kind === 'none') return programsDigest(hashes);
  const members = Object.entries(preprocessing).sort(([a], [b]) => (a < b ? -1 : 1));
  return digestOf({ ...hashes, preprocessing: sha256(JSON.stringify(members)) });
}

/**
 * The digest of packages from before version 0.2, which did not include the preprocessing. Adaptations that are stored
 * under this digest stay valid, because their inputs are stored after the preprocessing.
 */
export function programsDigest(hashes: ProgramHashes): string {
  return digestOf(hashes);
}

/** The digest of an encoder: hash over the hashes of its files and of how inputs are prepared. */
export function encoderDigest({
  files,
  preparation,
}: Pick<EncoderManifest, 'files' | 'preparation'>): string {
  return digestOf({ ...files, preparation: sha256(canonicalJson(preparation)) });
}

/** JSON with the members of each object in the order of their names. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function digestOf(hashes: Readonly<Record<string, string>>): string {
  const lines = Object.entries(hashes).map(([name, hash]) => `${name}:${hash}\n`);
  return sha256(lines.sort().join(''));
}
