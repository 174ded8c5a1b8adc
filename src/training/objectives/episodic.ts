import { jointObjective, metaObjective } from '../../algorithms/objective.ts';
import { encodeProgram } from '../../graph/export/encode.ts';
import type { Network } from '../../nn/network.ts';
import { isStatic } from '../../onnx/dim.ts';
import type { Objective } from '../../ports/training-runtime.ts';
import { augment } from '../datasets/augment.ts';
import type { Episode, EpisodeSource } from '../datasets/dataset.ts';
import { accuracyOf } from '../evaluation/statistics.ts';
import { createRandom } from '../random.ts';
import { algorithmOf, type Recipe } from '../recipe/recipe.ts';
import type { EpisodicTraining } from '../recipe/training.ts';
import type { TrainingObjective } from './training-objective.ts';

/** Meta-training: each run adapts to an episode, and the loss is that of its queries. */
export function episodicObjective(
  recipe: Recipe,
  training: EpisodicTraining,
  net: Network,
  source: EpisodeSource,
): TrainingObjective {
  const { metaBatch, augmentation } = training;
  const episodes = createRandom(training.seed).fork('episodes');
  const shapes = [training, ...(training.alternating ?? [])];
  const sample = (iteration: number, index: number): Episode => {
    const random = episodes.fork(index);
    const episode = source.sample(random, { ...training, ...shapes[iteration % shapes.length] });
    return augmentation ? augment(episode, augmentation, random) : episode;
  };
  return {
    program: programOf(recipe, training, net),
    parameters: {},
    runsAt: (iteration) =>
      Array.from({ length: metaBatch }, (_, j) => {
        const { support, query } = sample(iteration, iteration * metaBatch + j);
        return {
          feeds: { support_x: support.x, support_y: support.y, query_x: query.x, query_y: query.y },
          accuracy: (output) => (net.task === 'classification' ? accuracyOf(output, query.y) : null),
        };
      }),
  };
}

/**
 * One graph for all episodes of an iteration if inputs are vectors and the network has a batched form; else one run per
 * episode. For vectors, starting a run takes longer than computing one episode.
 */
function programOf(recipe: Recipe, training: EpisodicTraining, net: Network): Objective {
  const { algorithm, settings } = algorithmOf(recipe);
  const small = net.inputShape.length === 1 && isStatic(net.inputShape);
  const joint = small ? jointObjective(algorithm, net, settings, training) : null;
  const single = () => metaObjective(algorithm, net, settings, training);
  return { model: encodeProgram(joint ?? single()), episodesPerRun: joint ? 'many' : 'one' };
}
