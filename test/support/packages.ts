import { metaParametersOf } from '../../src/algorithms/algorithm.ts';
import type { AlgorithmName } from '../../src/algorithms/catalogue.ts';
import { algorithms } from '../../src/algorithms/catalogue.ts';
import { conv4 } from '../../src/nn/conv4.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { classifier, type Network, regressor } from '../../src/nn/network.ts';
import type { Manifest, Package, Preprocessing } from '../../src/package/manifest.ts';
import type { Tensors } from '../../src/tensor.ts';
import { assemblePackage } from '../../src/training/loop/make-package.ts';
import { startWeights } from '../../src/training/loop/weights.ts';
import { createRandom } from '../../src/training/random.ts';

const bounds = (minimum: number, preset: number, maximum: number) => ({ minimum, default: preset, maximum });
const glyphs = () => classifier(conv4({ inputShape: [1, 28, 28], filters: 4, normalisation: 'none' }));

/** Real packages, untrained and small enough to run in microseconds. Each is made once. */
export const tinyPackages = {
  /** Classifies points [2] by the nearest prototype, without steps. */
  prototypes: once(() => tinyPackage('tiny-prototypes', 'protonets', classifier(mlp([2, 8])), {})),
  /** Classifies points [2] after gradient steps. */
  gradients: once(() => tinyPackage('tiny-gradients', 'maml', classifier(mlp([2, 8, 8])), { order: 1 })),
  /** Predicts y [1] from x [1] after gradient steps. */
  curve: once(() => tinyPackage('tiny-curve', 'maml', regressor(mlp([1, 8, 1])), { order: 1 })),
  /** Classify 28×28 images, with prototypes or gradient steps. */
  glyphPrototypes: once(() => tinyPackage('tiny-glyph-prototypes', 'protonets', glyphs(), {})),
  glyphGradients: once(() => tinyPackage('tiny-glyph-gradients', 'maml', glyphs(), { order: 1 })),
} as const satisfies Readonly<Record<string, () => Package>>;

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** A package of this network with the weights that seed 1 gives. */
export function tinyPackage(
  name: string,
  algorithm: AlgorithmName,
  net: Network,
  settings: unknown,
  preprocessing?: Preprocessing,
): Package {
  const images = net.inputShape.length === 3;
  const inner: Manifest['inner'] = {
    steps: 'step' in algorithms[algorithm] ? bounds(0, 3, 100_000) : bounds(0, 0, 0),
    rate: bounds(0, 0.05, 1e30),
    ...(net.task === 'classification' && { classes: { minimum: 2, maximum: 20 } }),
    examples: { minimum: 1, maximum: 100 },
  };
  const facts = {
    name,
    version: '1.0.0',
    description: 'For tests',
    preprocessing:
      preprocessing ??
      (images
        ? ({ kind: 'image', width: 28, height: 28, channels: 1, invert: true, resize: 'lanczos3' } as const)
        : ({ kind: 'none' } as const)),
    inner,
    metrics: [],
  };
  return assemblePackage(facts, algorithms[algorithm], settings, net, tinyWeights(algorithm, net, settings));
}

/** The initial weights of such a package. */
export function tinyWeights(algorithm: AlgorithmName, net: Network, settings: unknown): Tensors {
  return startWeights(metaParametersOf(algorithms[algorithm], net, settings), createRandom(1));
}
