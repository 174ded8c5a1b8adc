import { emitPrograms } from '../algorithms/programs.ts';
import { encodeModel } from '../graph/onnx/encode.ts';
import type { Network } from '../nn/network.ts';
import { packageDigest, programHashes } from '../package/digest.ts';
import type { Manifest, Metric, Package } from '../package/manifest.ts';
import type { Tensors } from '../tensor.ts';
import { datasets } from './datasets/catalogue.ts';
import { algorithmOf, type Recipe } from './recipe.ts';

/** The package of a recipe under trained weights; `net` is the network that is served, statistics folded. */
export function makePackage(
  recipe: Recipe,
  net: Network,
  weights: Tensors,
  metrics: readonly Metric[] = [],
): Package {
  const { algorithm, settings } = algorithmOf(recipe);
  const emitted = emitPrograms(algorithm, net, weights, settings);
  const programs: Package['programs'] = {
    init: encodeModel(emitted.init),
    ...(emitted.step && { step: encodeModel(emitted.step) }),
    predict: encodeModel(emitted.predict),
  };
  const hashes = programHashes(programs);
  const manifest: Manifest = {
    format: 1,
    name: recipe.name,
    version: recipe.version,
    description: recipe.description,
    algorithm: algorithm.name,
    task: net.task,
    input: { shape: [...net.inputShape], preprocessing: datasets[recipe.dataset.name].preprocessing },
    output: { shape: net.outputShape.map((dim) => (dim === 'ways' ? dim : Number(dim))) },
    state: Object.entries(emitted.init.outputs).map(([name, { shape }]) => ({
      name,
      shape: shape.map((dim) => (dim === 'ways' ? dim : Number(dim))),
    })),
    inner: recipe.inner,
    programs: hashes,
    digest: packageDigest(hashes),
    metrics: [...metrics],
  };
  return { manifest, programs };
}
