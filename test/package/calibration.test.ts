import { describe, expect, it } from 'vitest';
import { encodeRarities } from '../../src/domain/trust/novelty/rarity.ts';
import { packageDigest } from '../../src/package/digest.ts';
import { parseManifest } from '../../src/package/parse-manifest.ts';
import { verifyPackage } from '../../src/package/verify.ts';
import { priorsOf } from '../../src/service/trust/priors.ts';
import { tinyPackages } from '../support/packages.ts';

const { manifest } = tinyPackages.prototypes();
const calibration = {
  temperatures: [{ shots: 1, value: 1.5 }],
  intervalFactor: 1.1,
  command: 'npm run bench:trust -- --fit',
  datasets: ['some'],
};
const read = (changed: object) => parseManifest(Buffer.from(JSON.stringify({ ...manifest, ...changed })));

describe('the calibration of a package', () => {
  it('is read, and is no part of the digest', () => {
    const calibrated = read({ calibration });
    expect(calibrated).toEqual({ ...manifest, calibration });
    expect(packageDigest(calibrated.programs, calibrated.input.preprocessing)).toBe(manifest.digest);
    expect(priorsOf(calibrated)).toMatchObject({
      temperatures: calibration.temperatures,
      intervalFactor: 1.1,
    });
  });

  it('has no temperatures for regression', () => {
    expect(priorsOf(read({ calibration: { ...calibration, temperatures: [] } }))).toMatchObject({
      temperatures: [],
      intervalFactor: 1.1,
    });
  });

  it('knows how rare each feature is, and no other number of features', () => {
    const pkg = tinyPackages.prototypes();
    const withBytes = (n: number) => ({
      ...pkg,
      manifest: { ...manifest, calibration: { ...calibration, rarities: encodeRarities(Array(n).fill(1)) } },
    });
    const [features] = manifest.input.shape as [number];
    expect(() => verifyPackage(withBytes(features))).not.toThrow();
    expect(() => verifyPackage(withBytes(features + 1))).toThrow('/calibration/rarities');
    expect(priorsOf(withBytes(features).manifest).rarities).toEqual(new Uint8Array(features).fill(16));
  });

  it('may be absent: logits stay as they are', () => {
    expect(priorsOf(read({}))).toMatchObject({ temperatures: [], intervalFactor: 1 });
  });

  it.each([
    [{ intervalFactor: 0 }, '/calibration/intervalFactor'],
    [{ rarities: '?' }, '/calibration/rarities'],
    [{ temperatures: [{ shots: 1, value: 0 }] }, '/calibration/temperatures'],
    [{ other: 1 }, '/calibration'],
  ])('is refused with %j', (wrong, pointer) => {
    expect(() => read({ calibration: { ...calibration, ...wrong } })).toThrow(
      expect.objectContaining({
        code: 'invalid_package',
        details: expect.objectContaining({ pointer: expect.stringContaining(pointer) }),
      }),
    );
  });
});
