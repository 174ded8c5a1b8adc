import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { metaParametersOf } from '../../algorithms/algorithm.ts';
import { InnerloopError } from '../../errors.ts';
import type { Network } from '../../nn/network.ts';
import type { Package } from '../../package/manifest.ts';
import { verifyReadable } from '../../package/write.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import type { CompileGraph, CreateObjectiveRunner } from '../../ports/training-runtime.ts';
import type { Tensors } from '../../tensor.ts';
import { type DatasetContext, datasetCard, datasets, openDataset } from '../datasets/catalogue.ts';
import type { DatasetCard } from '../datasets/dataset.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { createRandom } from '../random.ts';
import { encoderOf, networks } from '../recipe/networks.ts';
import { algorithmOf, type Recipe } from '../recipe/recipe.ts';
import { calibrate } from './calibrate.ts';
import { type Checkpoint, checkpointPath, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { makePackage } from './make-package.ts';
import { type IterationReport, metaTrain, startCheckpoint } from './meta-train.ts';
import { metaParameters, startWeights, warmStarted } from './weights.ts';

/** What meta-training needs of the context. */
export interface TrainingContext extends DatasetContext {
  readonly createRunner: CreateObjectiveRunner;
  readonly compile: CompileGraph;
  readonly programs: ProgramRunner;
  /** Reads a package directory, verified. */
  readPackage(directory: string): Promise<Package>;
}

export interface TrainOptions {
  /** The package's directory; the recipe lies in it. */
  readonly directory: string;
  readonly threads: number;
  /** Go on from the checkpoint, when there is one of this recipe. */
  readonly resume: boolean;
  readonly signal: AbortSignal;
  onIteration?(news: IterationReport): void;
  onValidation?(checkpoint: Checkpoint): void;
}

export interface Trained {
  readonly checkpoint: Checkpoint;
  /** Under the weights that validated best, without metrics. */
  readonly pkg: Package;
  /** What it was trained on, as it was when training began. */
  readonly data: DatasetCard;
}

/** Fixed, so that validations of one run are comparable. */
const VALIDATION_SEED = 20_000_003;

/**
 * Meta-train the package of a recipe. Validation and the result are the served programs: statistics folded,
 * prediction by prediction. Checkpoints are kept beside the recipe as `<name>.checkpoint`.
 */
export async function trainPackage(
  recipe: Recipe,
  options: TrainOptions,
  context: TrainingContext,
): Promise<Trained> {
  const encoder = encoderOf(recipe.network);
  const network = networks[datasets[recipe.dataset.name].task];
  const net = network(encoder);
  const served = network(encoder.calibration?.encoder ?? encoder);
  // One after the other: the first decodes what both read.
  const source = await openDataset(recipe.dataset, 'train', context);
  const validation = await openDataset(recipe.dataset, 'val', context);
  const data = await datasetCard(recipe.dataset);
  requireShape(recipe, source.inputShape, encoder.inputShape);

  const packageOf = async (weights: Tensors): Promise<Package> => {
    const { calibration } = encoder;
    const folded = calibration
      ? await calibrate(encoder, calibration, weights, source, recipe.training.seed, context.compile)
      : weights;
    return makePackage(recipe, served, folded);
  };
  const validate = async (weights: Tensors) => {
    const { mean, interval95 } = await evaluate(await packageOf(weights), validation, context.programs, {
      ...recipe.validation,
      rate: recipe.inner.rate.default,
      seed: VALIDATION_SEED,
    });
    return { score: net.task === 'classification' ? mean : -mean, interval95 };
  };

  const path = checkpointPath(options.directory, recipe.name);
  const key = createHash('sha256')
    // A folder that has shrunk is split otherwise: what was trained on would be held out.
    .update(JSON.stringify([...courseOf(recipe), source.classes, validation.classes]))
    .digest('hex');
  const found = options.resume ? await readCheckpoint(path, key) : null;
  const start = found ?? startCheckpoint(key, await firstWeights(recipe, net, options.directory, context));
  // Before hours of training, not after them.
  verifyReadable(await packageOf(start.weights));
  const checkpoint = await metaTrain({
    ...options,
    recipe,
    net,
    source,
    start,
    createRunner: context.createRunner,
    validate,
    async onCheckpoint(current) {
      await writeCheckpoint(path, current);
      if (current.validations.at(-1)?.at === current.iteration) options.onValidation?.(current);
    },
  });
  return { checkpoint, pkg: await packageOf(checkpoint.best?.weights ?? checkpoint.weights), data };
}

/** What the course of training follows from. Where the data lies is not of it: a run may go on elsewhere. */
function courseOf({
  dataset: { name, ...dataset },
  network,
  algorithm,
  training,
  validation,
  inner,
}: Recipe): readonly unknown[] {
  const data = Object.entries(dataset).filter(([key]) => key !== 'path');
  // The best weights so far are the best by one measure.
  return [name, network, algorithm, training, validation, inner.rate.default, ...data];
}

function requireShape({ network }: Recipe, data: readonly number[], taken: readonly number[]): void {
  if (data.join() === taken.join()) return;
  const [expected, got] = [data, taken].map((shape) => `[${shape.join(', ')}]`) as [string, string];
  throw new InnerloopError(
    'invalid_recipe',
    `Expected network ${network.name} to take ${expected} as the data set gives, got ${got}`,
    { pointer: '/network', expected, got },
  );
}

async function firstWeights(
  recipe: Recipe,
  net: Network,
  directory: string,
  context: TrainingContext,
): Promise<Tensors> {
  const { algorithm, settings } = algorithmOf(recipe);
  const specs = metaParametersOf(algorithm, net, settings);
  const weights = startWeights(specs, createRandom(recipe.training.seed).fork('weights'));
  const { warmStart } = recipe.training;
  if (warmStart === undefined) return weights;
  const [name = '', version] = warmStart.split('@');
  const pkg = await context.readPackage(join(dirname(directory), name));
  const found = `${pkg.manifest.name}@${pkg.manifest.version}`;
  if (pkg.manifest.version !== version) {
    throw new InnerloopError('invalid_recipe', `Expected ${warmStart} to start from, got ${found}`, {
      pointer: '/training/warmStart',
      expected: warmStart,
      got: found,
    });
  }
  return warmStarted(weights, metaParameters(pkg));
}
