import { fileURLToPath } from 'node:url';
import { mlp } from '../../../src/nn/mlp.ts';
import { classifier } from '../../../src/nn/network.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import type { Package } from '../../../src/package/manifest.ts';
import { readPackage } from '../../../src/package/read.ts';
import { TINY_FEATURES, tinyEncoder } from '../encoders/tiny-encoder.ts';
import { tinyTokenEncoder } from '../encoders/tiny-tokens.ts';
import { tinyPackage } from '../packages.ts';
import { packagesOverTexts } from './over-texts.ts';

const bundled = (name: string) => fileURLToPath(new URL(`../../../models/${name}`, import.meta.url));

/**
 * A package for each kind of content, with the names that `auto` knows: untrained ones over tiny encoders, which are
 * written into `directory`, for `ENCODERS_DIR`; those for rows; and, over encoders as people import
 * them, `windows` of numbers and `sentences` of tokens.
 */
export async function packagesByKind(directory: string): Promise<readonly Package[]> {
  const over = async (name: string, made: Promise<Encoder>) => {
    const encoder = await made;
    const preprocessing = {
      kind: 'encoder',
      name: encoder.manifest.name,
      digest: encoder.manifest.digest,
    } as const;
    return tinyPackage(name, 'protonets', classifier(mlp([TINY_FEATURES, 8])), {}, preprocessing);
  };
  return [
    await over('photos', tinyEncoder('image', { directory })),
    await over('speech', tinyEncoder('audio', { directory })),
    await over('text', tinyEncoder('text', { directory })),
    await over('windows', tinyEncoder('tensor', { directory })),
    await over('sentences', tinyTokenEncoder({ directory })),
    ...(await packagesOverTexts(directory)).packages,
    await readPackage(bundled('rows')),
    await readPackage(bundled('rows-values')),
  ];
}
