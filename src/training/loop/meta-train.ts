import { metaParametersOf } from '../../algorithms/algorithm.ts';
import { jointObjective, metaObjective } from '../../algorithms/objective.ts';
import { InnerloopError } from '../../errors.ts';
import { encodeProgram } from '../../graph/export/encode.ts';
import type { Network } from '../../nn/network.ts';
import { isStatic } from '../../onnx/dim.ts';
import type { CreateObjectiveRunner, Objective } from '../../ports/training-runtime.ts';
import { copyOf, mapTensors, type Tensor, type Tensors } from '../../tensor.ts';
import { augment } from '../datasets/augment.ts';
import type { Episode, EpisodeSource } from '../datasets/dataset.ts';
import { accuracyOf, mean } from '../evaluation/statistics.ts';
import { createRandom } from '../random.ts';
import { algorithmOf, type Recipe } from '../recipe/recipe.ts';
import { adamStep, cosineRate, startAdam } from './adam.ts';
import type { Checkpoint } from './checkpoint.ts';

export interface MetaTraining {
  readonly recipe: Recipe;
  readonly net: Network;
  readonly source: EpisodeSource;
  /** The checkpoint to start from; `iteration` is 0 for a new training. */
  readonly start: Checkpoint;
  readonly threads: number;
  readonly createRunner: CreateObjectiveRunner;
  /** When it aborts, training stops after the current iteration, or at once during a validation. */
  readonly signal: AbortSignal;
  /** Returns a score of these weights with its interval. A higher score is better. */
  validate(weights: Tensors): Promise<{ score: number; interval95: number }>;
  onIteration?(report: IterationReport): void;
  /**
   * Called after each validation, and when a run is stopped after at least one iteration. The tensors of the checkpoint
   * change again after the promise resolves.
   */
  onCheckpoint(checkpoint: Checkpoint): Promise<void>;
}

export interface IterationReport {
  readonly iteration: number;
  readonly loss: number;
  /** On this iteration's queries; null for regression. */
  readonly accuracy: number | null;
}

/** The checkpoint before the first iteration, with these weights. */
export function startCheckpoint(recipe: string, weights: Tensors): Checkpoint {
  return {
    recipe,
    iteration: 0,
    weights,
    adam: startAdam(weights),
    best: null,
    losses: [],
    validations: [],
    recent: [],
  };
}

/**
 * The outer loop: samples episodes, averages ∂loss/∂θ over them and takes a step of Adam. Episode j of iteration i
 * depends only on the seed, i and j, so a resumed run equals a run that was never stopped. The number of threads
 * changes the order in which gradients are summed, and therefore their last digits.
 */
export async function metaTrain(run: MetaTraining): Promise<Checkpoint> {
  const { recipe, net, source, threads, signal } = run;
  const { training, validation } = recipe;
  await using runner = await run.createRunner(objectiveOf(recipe, net), threads);
  const episodes = createRandom(training.seed).fork('episodes');

  const sizes = sizesOf(recipe, net);
  const shapes = [training, ...(training.alternating ?? [])];
  const shapeAt = (at: number) => ({ ...training, ...shapes[at % shapes.length] });

  const sample = (index: number): Episode => {
    const random = episodes.fork(index);
    const episode = source.sample(random, shapeAt(Math.floor(index / training.metaBatch)));
    return training.augmentation ? augment(episode, training.augmentation, random) : episode;
  };

  let { iteration, adam, best } = run.start;
  const weights = run.start.weights;
  const losses = [...run.start.losses];
  const validations = [...run.start.validations];
  const recent = [...run.start.recent];
  const checkpoint = (): Checkpoint => ({
    recipe: run.start.recipe,
    iteration,
    weights,
    adam,
    best,
    losses,
    validations,
    recent,
  });

  const step = async () => {
    const batch = Array.from({ length: training.metaBatch }, (_, j) =>
      sample(iteration * training.metaBatch + j),
    );
    const result = await runner.run(weights, batch.map(feedsOf));
    const loss = mean(result.losses);
    if (!Number.isFinite(loss)) throw diverged(loss, iteration);
    const rate = cosineRate(training.outerRate, iteration, training.iterations);
    adam = adamStep(weights, result.gradients, adam, rate, sizes);
    iteration += 1;
    recent.push(loss);
    const accuracy =
      net.task === 'classification'
        ? mean(batch.map(({ query }, j) => accuracyOf(result.outputs[j] as Tensor, query.y)))
        : null;
    run.onIteration?.({ iteration, loss, accuracy });
  };

  /** If a run was stopped during a validation, its last step was not validated. The resumed run validates it first. */
  const mustValidate = () =>
    recent.length > 0 && (iteration % validation.every === 0 || iteration === training.iterations);

  const validate = async () => {
    const { score, interval95 } = await run.validate(weights);
    losses.push({ at: iteration, value: mean(recent.splice(0)) });
    // A score that is not finite is not drawn in the curve, and its weights are not kept.
    if (Number.isFinite(score)) {
      validations.push({ at: iteration, value: Math.abs(score), interval95 });
      if (!best || score > best.score) best = { score, iteration, weights: mapTensors(weights, copyOf) };
    }
    await run.onCheckpoint(checkpoint());
  };

  try {
    while (!signal.aborted) {
      if (mustValidate()) await validate();
      else if (iteration < training.iterations) await step();
      else break;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  // Without progress nothing is saved, because it would only replace a checkpoint of a later iteration.
  if (signal.aborted && iteration > run.start.iteration) await run.onCheckpoint(checkpoint());
  return checkpoint();
}

/** The sizes of the elements of those meta-parameters that state them. */
function sizesOf(recipe: Recipe, net: Network): Readonly<Record<string, number>> {
  const { algorithm, settings } = algorithmOf(recipe);
  const specs = Object.entries(metaParametersOf(algorithm, net, settings));
  return Object.fromEntries(specs.flatMap(([name, { size }]) => (size === undefined ? [] : [[name, size]])));
}

const diverged = (loss: number, iteration: number) =>
  new InnerloopError(
    'invalid_recipe',
    `Expected a finite loss, got ${loss} in iteration ${iteration}: lower training.rate or training.outerRate`,
    { pointer: '/training/outerRate' },
  );

/**
 * One graph for all episodes of an iteration if inputs are vectors and the network has a batched form; else one run per
 * episode. For vectors, starting a run takes longer than computing one episode.
 */
function objectiveOf(recipe: Recipe, net: Network): Objective {
  const { algorithm, settings } = algorithmOf(recipe);
  const small = net.inputShape.length === 1 && isStatic(net.inputShape);
  const joint = small ? jointObjective(algorithm, net, settings, recipe.training) : null;
  const single = () => metaObjective(algorithm, net, settings, recipe.training);
  return { model: encodeProgram(joint ?? single()), episodesPerRun: joint ? 'many' : 'one' };
}

function feedsOf({ support, query }: Episode): Tensors {
  return { support_x: support.x, support_y: support.y, query_x: query.x, query_y: query.y };
}
