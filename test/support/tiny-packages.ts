import type { Algorithm } from '../../src/algorithms/algorithm.ts';
import { maml } from '../../src/algorithms/maml.ts';
import { emitPrograms } from '../../src/algorithms/programs.ts';
import { protonets } from '../../src/algorithms/protonets.ts';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { classifier, type Network, regressor } from '../../src/nn/network.ts';
import { packageDigest, programHashes } from '../../src/package/digest.ts';
import type { Manifest, Package } from '../../src/package/manifest.ts';
import { createRandom } from '../../src/training/random.ts';
import { startWeights } from '../../src/training/weights.ts';

const bounds = (minimum: number, preset: number, maximum: number) => ({ minimum, default: preset, maximum });

/** Real packages, untrained and small enough to run in microseconds: points in the plane, or a curve. */
export const tinyPackages = {
  /** Classes of points [2]: the nearest prototype, no steps. */
  prototypes: () => tinyPackage('tiny-prototypes', protonets, classifier(mlp([2, 8])), {}, bounds(0, 0, 0)),
  /** Classes of points [2] by gradient steps. */
  gradients: () =>
    tinyPackage('tiny-gradients', maml, classifier(mlp([2, 8, 8])), { order: 1 }, bounds(0, 3, 100_000)),
  /** y [1] of x [1] by gradient steps. */
  curve: () => tinyPackage('tiny-curve', maml, regressor(mlp([1, 8, 1])), { order: 1 }, bounds(0, 3, 1000)),
};

function tinyPackage(
  name: string,
  algorithm: Algorithm,
  net: Network,
  settings: unknown,
  steps: Manifest['inner']['steps'],
): Package {
  const emitted = emitPrograms(algorithm, net, startWeights(net.parameters, createRandom(1)), settings);
  const programs: Package['programs'] = {
    init: encodeModel(emitted.init),
    ...(emitted.step && { step: encodeModel(emitted.step) }),
    predict: encodeModel(emitted.predict),
  };
  const hashes = programHashes(programs);
  const dims = (shape: readonly (number | string)[]) =>
    shape.map((dim) => (dim === 'ways' ? dim : Number(dim)));
  const manifest: Manifest = {
    format: 1,
    name,
    version: '1.0.0',
    description: 'For tests',
    algorithm: algorithm.name,
    task: net.task,
    input: { shape: [...net.inputShape], preprocessing: { kind: 'none' } },
    output: { shape: dims(net.outputShape) },
    state: Object.entries(emitted.init.outputs).map(([each, { shape }]) => ({
      name: each,
      shape: dims(shape),
    })),
    inner: {
      steps,
      rate: bounds(0, 0.05, 1e30),
      ...(net.task === 'classification' && { classes: { minimum: 2, maximum: 20 } }),
      examples: { minimum: 1, maximum: 100 },
    },
    programs: hashes,
    digest: packageDigest(hashes),
    metrics: [],
  };
  return { manifest, programs };
}
