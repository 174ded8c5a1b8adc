import { describe, expect, it } from 'vitest';
import { packageDigest, programHashes, programsDigest } from '../../src/package/digest.ts';
import type { ImagePreprocessing, Package, Preprocessing } from '../../src/package/manifest.ts';
import { verifyPackage } from '../../src/package/verify.ts';
import { verifyReadable } from '../../src/package/write.ts';
import { tinyPackages } from '../support/packages.ts';

const pkg = tinyPackages.glyphPrototypes();
const hashes = programHashes(pkg.programs);
const image = pkg.manifest.input.preprocessing as ImagePreprocessing;

const withPreprocessing = (preprocessing: Preprocessing, digest: string): Package => ({
  ...pkg,
  manifest: { ...pkg.manifest, digest, input: { ...pkg.manifest.input, preprocessing } },
});

describe('the digest of a package', () => {
  it.each<[string, ImagePreprocessing]>([
    ['width', { ...image, width: 29 }],
    ['height', { ...image, height: 27 }],
    ['channels', { ...image, channels: 3 }],
    ['invert', { ...image, invert: false }],
    ['resize', { ...image, resize: 'cubic' }],
    ['ink', { ...image, ink: 'normalise' }],
  ])('changes with %s of the preprocessing', (_member, changed) => {
    expect(packageDigest(hashes, changed)).not.toBe(packageDigest(hashes, image));
    const altered = withPreprocessing(changed, packageDigest(hashes, image));
    expect(() => verifyPackage(altered)).toThrow(/model.json \/digest: expected sha256:/);
  });

  it('does not depend on the order of members', () => {
    const reversed = Object.fromEntries(Object.entries(image).reverse()) as ImagePreprocessing;
    expect(packageDigest(hashes, reversed)).toBe(packageDigest(hashes, image));
  });

  it('changes with a program', () => {
    const other = { ...hashes, predict: hashes.init };
    expect(packageDigest(other, image)).not.toBe(packageDigest(hashes, image));
  });

  it('of a package made before 0.2 is accepted, but not with newer preprocessing steps', () => {
    const digest = programsDigest(hashes);
    verifyPackage(withPreprocessing(image, digest));
    const altered = withPreprocessing({ ...image, ink: 'normalise' }, digest);
    expect(() => verifyPackage(altered)).toThrow(/model.json \/digest/);
  });

  it('of a package without preprocessing is still the digest of its programs', () => {
    expect(packageDigest(hashes, { kind: 'none' })).toBe(programsDigest(hashes));
  });
});

it('refuses to prepare ink in more than one channel', () => {
  const preprocessing: ImagePreprocessing = { ...image, channels: 3, ink: 'normalise' };
  expect(() =>
    verifyReadable(withPreprocessing(preprocessing, packageDigest(hashes, preprocessing))),
  ).toThrow('model.json /input/preprocessing/channels: expected 1 with ink, got 3');
});
