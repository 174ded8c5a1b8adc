import { mlp } from '../../../src/nn/mlp.ts';
import { classifier } from '../../../src/nn/network.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import type { Package } from '../../../src/package/manifest.ts';
import { TINY_FEATURES, tinyEncoder } from '../encoders/tiny-encoder.ts';
import { tinyPackage } from '../packages.ts';

/**
 * Real, untrained packages over the features of texts: `tiny-texts`, without steps, and `tiny-texts-steps`, with gradient
 * steps. Their encoder is written into `directory`, for `ENCODERS_DIR`.
 */
export async function packagesOverTexts(
  directory: string,
): Promise<{ readonly packages: readonly Package[]; readonly encoders: readonly Encoder[] }> {
  const encoder = await tinyEncoder('text', { directory });
  const { name, digest } = encoder.manifest;
  const network = classifier(mlp([TINY_FEATURES, 8]));
  const preprocessing = { kind: 'encoder', name, digest } as const;
  const packages = [
    tinyPackage('tiny-texts', 'protonets', network, {}, preprocessing),
    tinyPackage('tiny-texts-steps', 'maml', network, { order: 1 }, preprocessing),
  ];
  return { packages, encoders: [encoder] };
}
