import { metaParametersOf } from '../../algorithms/algorithm.ts';
import type { Network } from '../../nn/network.ts';
import type { ContentsContext } from '../datasets/contents/contents.ts';
import { taughtExamples } from '../datasets/contents/taught-examples.ts';
import type { EpisodeSource } from '../datasets/dataset.ts';
import { algorithmOf, type Recipe } from '../recipe/recipe.ts';
import { isEpisodic } from '../recipe/training.ts';
import { distillation } from './distillation.ts';
import { episodicObjective } from './episodic.ts';
import { supervised } from './supervised.ts';
import type { TrainingObjective } from './training-objective.ts';

/** The objective of a recipe on the training examples of `source`. @throws InnerloopError `invalid_recipe` */
export async function openObjective(
  recipe: Recipe,
  net: Network,
  source: EpisodeSource,
  context: ContentsContext,
): Promise<TrainingObjective> {
  const { training, dataset } = recipe;
  if (isEpisodic(training)) return episodicObjective(recipe, training, net, source);
  const { algorithm, settings } = algorithmOf(recipe);
  const served = metaParametersOf(algorithm, net, settings);
  const { examples } = source;
  // `parseRecipe` refuses these objectives for other data sets.
  if (!examples || dataset.name !== 'contents')
    throw new RangeError(`Expected labelled contents, got ${dataset.name}`);
  if (training.objective === 'supervised') return supervised(training, net, examples, served);
  return distillation(training, net, await taughtExamples(dataset, examples, training, context), served);
}
