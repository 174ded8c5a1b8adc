import type { TSchema } from 'typebox';
import type { Algorithm } from '../../algorithms/algorithm.ts';
import { emitPrograms } from '../../algorithms/programs.ts';
import { encodeProgram } from '../../graph/export/encode.ts';
import type { Network } from '../../nn/network.ts';
import type { Dim } from '../../onnx/dim.ts';
import { packageDigest, programHashes } from '../../package/digest.ts';
import type { Manifest, Metric, Package, StateDim } from '../../package/manifest.ts';
import type { Tensors } from '../../tensor.ts';
import { preprocessingOf } from '../datasets/catalogue.ts';
import { algorithmOf, type Recipe } from '../recipe/recipe.ts';

/** Members of a manifest that cannot be derived from the programs. */
export type PackageFacts = Pick<Manifest, 'name' | 'version' | 'description' | 'inner' | 'metrics'> & {
  readonly preprocessing: Manifest['input']['preprocessing'];
};

/** Makes a package from a network, an algorithm and trained weights. */
export function assemblePackage(
  facts: PackageFacts,
  algorithm: Algorithm<TSchema>,
  settings: unknown,
  net: Network,
  weights: Tensors,
): Package {
  const emitted = emitPrograms(algorithm, net, weights, settings);
  const programs: Package['programs'] = {
    init: encodeProgram(emitted.init),
    ...(emitted.step && { step: encodeProgram(emitted.step) }),
    predict: encodeProgram(emitted.predict),
  };
  const hashes = programHashes(programs);
  const heads = algorithm.heads?.(net, settings);
  const { name, version, description, preprocessing, inner, metrics } = facts;
  const manifest: Manifest = {
    format: preprocessing.kind === 'encoder' || preprocessing.kind === 'row' ? 2 : 1,
    name,
    version,
    description,
    algorithm: algorithm.name,
    task: net.task,
    input: { shape: net.inputShape.map((dim) => (dim === 'd' ? dim : Number(dim))), preprocessing },
    output: { shape: net.outputShape.map((dim) => (dim === 'ways' ? dim : Number(dim))) },
    state: Object.entries(emitted.init.outputs).map(([each, { shape }]) => ({
      name: each,
      shape: shape.map(stateDim),
    })),
    ...(heads && { heads: [...heads] }),
    inner,
    programs: hashes,
    digest: packageDigest(hashes, preprocessing),
    metrics,
  };
  return { manifest, programs };
}

const stateDim = (dim: Dim): StateDim => (dim === 'ways' || dim === 'N' || dim === 'd' ? dim : Number(dim));

/** The package of a recipe with trained weights; `net` is the served network, with batch statistics folded in. */
export function makePackage(
  recipe: Recipe,
  net: Network,
  weights: Tensors,
  metrics: readonly Metric[] = [],
): Package {
  const { algorithm, settings } = algorithmOf(recipe);
  const preprocessing = preprocessingOf(recipe.dataset);
  return assemblePackage(
    { ...recipe, preprocessing, metrics: [...metrics] },
    algorithm,
    settings,
    net,
    weights,
  );
}
