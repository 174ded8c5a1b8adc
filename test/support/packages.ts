import type { TSchema } from 'typebox';
import type { Algorithm } from '../../src/algorithms/algorithm.ts';
import { algorithms } from '../../src/algorithms/catalogue.ts';
import { emitPrograms } from '../../src/algorithms/programs.ts';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import { conv4 } from '../../src/nn/conv4.ts';
import type { Encoder } from '../../src/nn/encoder.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { classifier, type Network, regressor } from '../../src/nn/network.ts';
import { packageDigest, programHashes } from '../../src/package/digest.ts';
import type { Manifest, Package } from '../../src/package/manifest.ts';
import { createRandom } from '../../src/training/random.ts';
import { startWeights } from '../../src/training/weights.ts';

const glyph: Encoder = conv4({ inputShape: [1, 28, 28], filters: 4, normalisation: 'none' });

/** Small packages with untrained weights: every behaviour of a real one but skill, in milliseconds. */
export const tinyPackages = {
  protonets: () => tiny('tiny-protonets', 'protonets', classifier(glyph), {}),
  maml: () => tiny('tiny-maml', 'maml', classifier(glyph), { order: 2 }),
  /** Classification of points in the plane, [2] → ways. */
  plane: () => tiny('tiny-plane', 'protonets', classifier(mlp([2, 8])), {}),
  /** Regression [1] → [1]. */
  sinusoid: () => tiny('tiny-sinusoid', 'maml', regressor(mlp([1, 8, 1])), { order: 2 }),
} as const satisfies Readonly<Record<string, () => Package>>;

function tiny(
  name: string,
  algorithmName: keyof typeof algorithms,
  net: Network,
  settings: unknown,
): Package {
  const algorithm: Algorithm<TSchema> = algorithms[algorithmName];
  const weights = startWeights(net.parameters, createRandom(7));
  const emitted = emitPrograms(algorithm, net, weights, settings);
  const programs: Package['programs'] = {
    init: encodeModel(emitted.init),
    ...(emitted.step && { step: encodeModel(emitted.step) }),
    predict: encodeModel(emitted.predict),
  };
  const hashes = programHashes(programs);
  const images = net.inputShape.length === 3;
  const manifest: Manifest = {
    format: 1,
    name,
    version: '1.0.0',
    description: 'Untrained, for tests.',
    algorithm: algorithmName,
    task: net.task,
    input: {
      shape: [...net.inputShape],
      preprocessing: images
        ? { kind: 'image', width: 28, height: 28, channels: 1, invert: true, resize: 'lanczos3' }
        : { kind: 'none' },
    },
    output: { shape: net.outputShape.map((dim) => (dim === 'ways' ? dim : Number(dim))) },
    state: Object.entries(emitted.init.outputs).map(([each, { shape }]) => ({
      name: each,
      shape: shape.map((dim) => (dim === 'ways' ? dim : Number(dim))),
    })),
    inner: {
      steps: emitted.step ? { default: 2, minimum: 0, maximum: 50 } : { default: 0, minimum: 0, maximum: 0 },
      rate: { default: 0.01, minimum: 0, maximum: 1 },
      ...(net.task === 'classification' && { classes: { minimum: 2, maximum: 50 } }),
      examples: { minimum: 1, maximum: 200 },
    },
    programs: hashes,
    digest: packageDigest(hashes),
    metrics: [],
  };
  return { manifest, programs };
}
