import { jointObjective, metaObjective } from '../../algorithms/objective.ts';
import { encodeProgram } from '../../graph/export/encode.ts';
import type { Network } from '../../nn/network.ts';
import type { CreateObjectiveRunner, Objective } from '../../ports/training-runtime.ts';
import { copyOf, mapTensors, sizeOf, type Tensor, type Tensors } from '../../tensor.ts';
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
  /** Where to go on from; a fresh one has `iteration` 0. */
  readonly start: Checkpoint;
  readonly threads: number;
  readonly createRunner: CreateObjectiveRunner;
  /** Stops after the iteration that runs. */
  readonly signal: AbortSignal;
  /** How good these weights are, higher being better, with its interval. */
  validate(weights: Tensors): Promise<{ score: number; interval95: number }>;
  onIteration?(news: IterationReport): void;
  /** Called after each validation, and when stopped early behind its start; the checkpoint's tensors change once it resolves. */
  onCheckpoint(checkpoint: Checkpoint): Promise<void>;
}

export interface IterationReport {
  readonly iteration: number;
  readonly loss: number;
  /** Of this iteration's queries; null for regression. */
  readonly accuracy: number | null;
}

/** A fresh beginning from these weights. */
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
 * The outer loop: sample episodes, average ∂loss/∂θ over them, step Adam. Episode j of iteration i is a function of
 * the seed, i and j alone, so a resumed run is the run that was never stopped. Threads sum gradients among themselves:
 * with another number of them the last digits differ.
 */
export async function metaTrain(run: MetaTraining): Promise<Checkpoint> {
  const { recipe, net, source, threads, signal } = run;
  const { training, validation } = recipe;
  await using runner = await run.createRunner(objectiveOf(recipe, net), threads);
  const episodes = createRandom(training.seed).fork('episodes');

  const sample = (index: number): Episode => {
    const random = episodes.fork(index);
    const episode = source.sample(random, training);
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

  while (iteration < training.iterations && !signal.aborted) {
    const batch = Array.from({ length: training.metaBatch }, (_, j) =>
      sample(iteration * training.metaBatch + j),
    );
    const result = await runner.run(weights, batch.map(feedsOf));
    const loss = mean(result.losses);
    if (!Number.isFinite(loss))
      throw new RangeError(`Expected a finite loss, got ${loss} in iteration ${iteration}: lower the rates`);
    adam = adamStep(
      weights,
      result.gradients,
      adam,
      cosineRate(training.outerRate, iteration, training.iterations),
    );
    iteration += 1;
    recent.push(loss);
    const accuracy =
      net.task === 'classification'
        ? mean(batch.map(({ query }, j) => accuracyOf(result.outputs[j] as Tensor, query.y)))
        : null;
    run.onIteration?.({ iteration, loss, accuracy });

    if (iteration % validation.every === 0 || iteration === training.iterations) {
      losses.push({ at: iteration, value: mean(recent.splice(0)) });
      const { score, interval95 } = await run.validate(weights);
      // An error that is not finite is no point of a curve, and no weights to keep.
      if (Number.isFinite(score)) {
        validations.push({ at: iteration, value: Math.abs(score), interval95 });
        if (!best || score > best.score) best = { score, iteration, weights: mapTensors(weights, copyOf) };
      }
      await run.onCheckpoint(checkpoint());
    }
  }
  // One that has not gone further would only take the place of a better one, where a run was started over.
  if (signal.aborted && iteration > run.start.iteration) await run.onCheckpoint(checkpoint());
  return checkpoint();
}

/** Numbers in an input up to which a run costs more than the work of an episode in it: images fill one by themselves. */
const SMALL_INPUT = 1 << 6;

/** Of all episodes in one run where they are small and the network has a form for it. */
function objectiveOf(recipe: Recipe, net: Network): Objective {
  const { algorithm, settings } = algorithmOf(recipe);
  const small = sizeOf(net.inputShape) <= SMALL_INPUT;
  const joint = small ? jointObjective(algorithm, net, settings, recipe.training) : null;
  const single = () => metaObjective(algorithm, net, settings, recipe.training);
  return { model: encodeProgram(joint ?? single()), episodesPerRun: joint ? 'many' : 'one' };
}

function feedsOf({ support, query }: Episode): Tensors {
  return { support_x: support.x, support_y: support.y, query_x: query.x, query_y: query.y };
}
