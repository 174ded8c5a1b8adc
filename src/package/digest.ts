import { createHash } from 'node:crypto';
import type { Manifest, Package } from './manifest.ts';

export type ProgramHashes = Manifest['programs'];

/** `sha256:` and 64 hex digits. */
export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Each program's hash. */
export function programHashes({ init, step, predict }: Package['programs']): ProgramHashes {
  return { init: sha256(init), ...(step && { step: sha256(step) }), predict: sha256(predict) };
}

/** One hash of all programs: over `name:hash` lines in order of name. */
export function packageDigest(hashes: ProgramHashes): string {
  const lines = Object.entries(hashes).map(([name, hash]) => `${name}:${hash}\n`);
  return sha256(lines.sort().join(''));
}
