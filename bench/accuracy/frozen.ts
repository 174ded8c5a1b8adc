import { metaParametersOf } from '../../src/algorithms/algorithm.ts';
import { algorithms } from '../../src/algorithms/catalogue.ts';
import type { OpenTrainingContext } from '../../src/cli/context.ts';
import type { FeaturePart } from '../../src/nn/features.ts';
import { features } from '../../src/nn/features.ts';
import { classifier } from '../../src/nn/network.ts';
import type { Manifest, Metric } from '../../src/package/manifest.ts';
import { openUnseen } from '../../src/training/datasets/unseen.ts';
import { measure } from '../../src/training/evaluation/measure.ts';
import { assemblePackage } from '../../src/training/loop/make-package.ts';
import { startWeights } from '../../src/training/loop/weights.ts';
import { createRandom } from '../../src/training/random.ts';
import type { Evaluation } from '../../src/training/recipe/recipe.ts';

/** Cosine prototypes on frozen features, without any training, by name: the columns that each reads. */
const baselines: Readonly<Record<string, Readonly<Record<string, readonly FeaturePart[]>>>> = {
  photos: {
    'frozen, one layer': [{ name: 'all', start: 160, width: 160 }],
    'frozen, all layers': [{ name: 'all', start: 0, width: 640 }],
  },
  'photos-imagenet': {
    'frozen, one layer': [{ name: 'all', start: 416, width: 1280 }],
    'frozen, all layers': [{ name: 'all', start: 0, width: 1696 }],
  },
  text: {
    'frozen, sentence encoder': [{ name: 'all', start: 0, width: 512 }],
    'frozen, with n-grams': [{ name: 'all', start: 0, width: 4608 }],
  },
  speech: { frozen: [{ name: 'all', start: 0, width: 288 }] },
};

export type FrozenMetrics = Readonly<Record<string, readonly Metric[]>>;

/** The same evaluations as those of the package's recipe, for each of its baselines. */
export async function measureFrozen(
  { name, input, inner }: Manifest,
  evaluations: readonly Evaluation[],
  training: OpenTrainingContext,
): Promise<FrozenMetrics> {
  const measured: Record<string, readonly Metric[]> = {};
  for (const [baseline, parts] of Object.entries(baselines[name] ?? {})) {
    const net = classifier(features(Number(input.shape[0]), parts));
    const settings = { temperature: 10 };
    const weights = startWeights(metaParametersOf(algorithms.cosine, net, settings), createRandom(1));
    const facts = {
      name,
      version: '1.0.0',
      description: '',
      preprocessing: input.preprocessing,
      inner,
      metrics: [],
    };
    const pkg = assemblePackage(facts, algorithms.cosine, settings, net, weights);
    const metrics: Metric[] = [];
    for (const evaluation of evaluations) {
      const source = await openUnseen(evaluation.data as string, pkg.manifest, training);
      metrics.push(
        await measure({ pkg, dataset: null, source, folder: '', runner: training.programs, evaluation }),
      );
    }
    measured[baseline] = metrics;
  }
  return measured;
}
