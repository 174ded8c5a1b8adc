import { metaParametersOf } from '../../algorithms/algorithm.ts';
import { metaObjective } from '../../algorithms/objective.ts';
import { emitPrograms } from '../../algorithms/programs.ts';
import { logPasses, print } from '../../graph/print.ts';
import type { OnPass, Program } from '../../graph/program.ts';
import { datasets } from '../../training/datasets/catalogue.ts';
import { startWeights } from '../../training/loop/weights.ts';
import { createRandom } from '../../training/random.ts';
import { networks, openNetwork } from '../../training/recipe/networks.ts';
import { readRecipe } from '../../training/recipe/read-recipe.ts';
import { algorithmOf, type Recipe } from '../../training/recipe/recipe.ts';
import { isEpisodic } from '../../training/recipe/training.ts';
import { localEncoder } from '../encoders/local-encoder.ts';

/** Prints a program of a recipe, with initial weights: a trained package has the same graph. */
export async function printGraph(
  path: string,
  name: string,
  withPasses: boolean,
  write: (text: string) => void,
): Promise<void> {
  const log = logPasses(write);
  // The three programs of a package are built together. Only the passes of this one are logged.
  const onPass: OnPass = (pass, before, after) => {
    if (withPasses && before.name === name) log(pass, before, after);
  };
  const recipe = await readRecipe(path);
  const programs = await (name === 'objective' ? objectiveOf(recipe, onPass) : servedBy(recipe, onPass));
  const program = programs[name];
  if (!program)
    throw new RangeError(`Expected ${Object.keys(programs).join(', ')} or objective, got ${name}`);
  if (!withPasses) write(print(program));
}

type Programs = Readonly<Partial<Record<string, Program>>>;

const networkOf = ({ dataset }: Recipe) => networks[datasets[dataset.name].task];

const encoderOf = ({ network }: Recipe) => openNetwork(network, { readEncoder: localEncoder });

async function objectiveOf(recipe: Recipe, onPass: OnPass): Promise<Programs> {
  const { algorithm, settings } = algorithmOf(recipe);
  const net = networkOf(recipe)(await encoderOf(recipe));
  const { training } = recipe;
  if (!isEpisodic(training))
    throw new RangeError(`Expected a recipe with objective episodic, got ${training.objective}`);
  return { objective: metaObjective(algorithm, net, settings, training, onPass) };
}

/** The programs as they are served: batch statistics are folded into the weights. */
async function servedBy(recipe: Recipe, onPass: OnPass): Promise<Programs> {
  const { algorithm, settings } = algorithmOf(recipe);
  const encoder = await encoderOf(recipe);
  const net = networkOf(recipe)(encoder.calibration?.encoder ?? encoder);
  const weights = startWeights(metaParametersOf(algorithm, net, settings), createRandom(1));
  return { ...emitPrograms(algorithm, net, weights, settings, onPass) };
}
