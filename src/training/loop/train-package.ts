import { createHash } from 'node:crypto';
import type { Package } from '../../package/manifest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import type { CompileGraph, CreateObjectiveRunner } from '../../ports/training-runtime.ts';
import type { Tensors } from '../../tensor.ts';
import {
  type DatasetContext,
  datasetCard,
  datasets,
  openDataset,
  type SplitClasses,
} from '../datasets/catalogue.ts';
import type { DatasetCard } from '../datasets/dataset.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { openObjective } from '../objectives/open-objective.ts';
import { createRandom } from '../random.ts';
import { type NetworkContext, networks, openNetwork } from '../recipe/networks.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { calibrate } from './calibrate.ts';
import { type Checkpoint, checkpointPath, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { makePackage } from './make-package.ts';
import { type IterationReport, metaTrain, startCheckpoint } from './meta-train.ts';
import { preflight } from './preflight.ts';
import { progressNote } from './progress-note.ts';
import { startWeights } from './weights.ts';

/** The decoders, runners and folders that meta-training needs. */
export interface TrainingContext extends DatasetContext, NetworkContext {
  readonly createRunner: CreateObjectiveRunner;
  readonly compile: CompileGraph;
  readonly programs: ProgramRunner;
  /** Reads and verifies a package directory. */
  readPackage(directory: string): Promise<Package>;
}

export interface TrainOptions {
  /** The package's directory, which contains the recipe. */
  readonly directory: string;
  readonly threads: number;
  /** Continue from the checkpoint, if this recipe has one. */
  readonly resume: boolean;
  readonly signal: AbortSignal;
  /** Decides when a checkpoint is written between two validations. */
  readonly clock: Clock;
  onIteration?(report: IterationReport): void;
  onValidation?(checkpoint: Checkpoint): void;
  /** Called when a run is stopped, before its promise rejects. The checkpoint of this iteration is already saved. */
  onStopped?(iteration: number): void;
}

export interface Trained {
  readonly checkpoint: Checkpoint;
  /** The package with the weights of the best validation, without metrics. */
  readonly pkg: Package;
  /** The state of the data set when training began. */
  readonly data: DatasetCard;
  readonly classes: SplitClasses | null;
}

/** Fixed, so that the validations of a run can be compared. */
const VALIDATION_SEED = 20_000_003;
/** A checkpoint is written at least this often. */
const CHECKPOINT_MS = 3 * 60_000;

/**
 * Meta-trains the package of a recipe. Validation runs the programs that will be served, with batch statistics folded
 * in. Checkpoints are written into the folder of the recipe as `<name>.checkpoint`.
 * @throws InnerloopError as `preflight` does. Rejects with the signal's reason when it is stopped.
 */
export async function trainPackage(
  recipe: Recipe,
  options: TrainOptions,
  context: TrainingContext,
): Promise<Trained> {
  const encoder = await openNetwork(recipe.network, context);
  const network = networks[datasets[recipe.dataset.name].task];
  const net = network(encoder);
  const served = network(encoder.calibration?.encoder ?? encoder);
  const { signal } = options;
  const { classes, first } = await preflight(recipe, { net, served }, options.directory, context);
  // One after the other: the first call decodes the pictures, and the second reads them from the cache.
  const source = await openDataset(recipe.dataset, 'train', context);
  const validation = await openDataset(recipe.dataset, 'val', context);
  const data = await datasetCard(recipe.dataset);

  const packageOf = async (weights: Tensors): Promise<Package> => {
    const { calibration } = encoder;
    if (!calibration) return makePackage(recipe, served, weights);
    const { seed } = recipe.training;
    const run = { encoder, calibration, weights, source, seed, signal };
    return makePackage(recipe, served, await calibrate(run, context));
  };
  const validate = async (weights: Tensors) => {
    const { mean, interval95 } = await evaluate(await packageOf(weights), validation, context.programs, {
      ...recipe.validation,
      rate: recipe.inner.rate.default,
      seed: VALIDATION_SEED,
      signal,
    });
    return { score: net.task === 'classification' ? mean : -mean, interval95 };
  };

  const objective = await openObjective(recipe, net, source, context);
  const path = checkpointPath(options.directory, recipe.name);
  const key = createHash('sha256')
    // If the classes have changed, they are split differently, and a class from the training could be held out.
    .update(JSON.stringify([...trainingFacts(recipe), namesOf(classes)]))
    .digest('hex');
  const random = createRandom(recipe.training.seed).fork('objective');
  const own = startWeights(objective.parameters, random);
  const weights = { ...first.weights, ...own };
  const found = options.resume ? await readCheckpoint(path, key, Object.keys(weights)) : null;
  if (!found && first.note !== null) context.onNote?.(first.note);
  const start = found ?? startCheckpoint(key, weights);
  const validatesStart = recipe.network.name === 'encoder-end';
  let savedAt = options.clock.now();
  const checkpoint = await metaTrain({
    ...options,
    recipe,
    net,
    objective,
    validatesStart,
    start,
    createRunner: context.createRunner,
    validate,
    isCheckpointDue: () => options.clock.now().getTime() - savedAt.getTime() > CHECKPOINT_MS,
    async onCheckpoint(current) {
      await writeCheckpoint(path, current);
      savedAt = options.clock.now();
      if (current.validations.at(-1)?.at === current.iteration) options.onValidation?.(current);
    },
  });
  if (signal.aborted && checkpoint.iteration > 0) options.onStopped?.(checkpoint.iteration);
  signal.throwIfAborted();
  const note = validatesStart ? progressNote(checkpoint, recipe.training) : null;
  if (note !== null) context.onNote?.(note);
  return { checkpoint, pkg: await packageOf(checkpoint.best?.weights ?? checkpoint.weights), data, classes };
}

const namesOf = (classes: SplitClasses | null) =>
  Object.entries(classes ?? {}).map(([split, all]) => [split, all.map(({ name }) => name)]);

/**
 * The members of a recipe that training depends on. The path of the data is not included, so that a run can continue on
 * another machine.
 */
function trainingFacts({
  dataset: { name, ...dataset },
  network,
  algorithm,
  training,
  validation,
  inner,
}: Recipe): readonly unknown[] {
  const data = Object.entries(dataset).filter(([key]) => key !== 'path' && key !== 'paths');
  const objective = Object.fromEntries(Object.entries(training).filter(([key]) => key !== 'unlabelled'));
  // The default rate is included, because it influences which weights have the best validation.
  return [name, network, algorithm, objective, validation, inner.rate.default, ...data];
}
